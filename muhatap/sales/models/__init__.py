"""The tables of sales, in files by their matter."""

from muhatap.sales.models.carts import Cart, CartEntry, CartLine, CartQuery, Leaving
from muhatap.sales.models.orders import OVER, Lateness, Order, OrderLine, OrderQuery, OrderStep, Refund, State
from muhatap.sales.models.shops import BackFill, Product, Shop, ShopDelivery, ShopPlace, money

__all__ = [
    "OVER",
    "BackFill",
    "Cart",
    "CartEntry",
    "CartLine",
    "CartQuery",
    "Lateness",
    "Leaving",
    "Order",
    "OrderLine",
    "OrderQuery",
    "OrderStep",
    "Product",
    "Refund",
    "Shop",
    "ShopDelivery",
    "ShopPlace",
    "State",
    "money",
]
