"""What is sold: shops, their products, orders and carts, as their servers and their visitors' browsers tell of them.

Owns: shops and their secrets, deliveries as they came, back-fills, products, orders with their lines, steps and refunds, carts.
Does not own: who a customer is (contacts), what is done about a cart left behind or an order that is late (flow).
"""
