"""The topics every company begins with: (slug, name, name in English, the reader's own answer that stands here, parent)."""

TREE: tuple[tuple[str, str, str, str, str], ...] = (
    ("teslimat", "Kargo ve teslimat", "Delivery", "delivery", ""),
    ("urun", "Ürün", "Product", "product", ""),
    ("kalite", "Kalite ve kusur", "Quality and defects", "quality", "urun"),
    ("iade", "İade ve değişim", "Returns and refunds", "returns", ""),
    ("odeme", "Ödeme", "Payment", "payment", ""),
    ("fatura", "Fatura", "Invoice", "invoice", "odeme"),
    ("fiyat", "Fiyat ve kampanya", "Price and campaigns", "price", ""),
    ("siparis", "Sipariş", "Order", "order", ""),
    ("hesap", "Hesap ve site", "Account and site", "account", ""),
    ("gizlilik", "Gizlilik ve izinler", "Privacy and consent", "privacy", "hesap"),
    ("hizmet", "Hizmet ve destek", "Service and support", "service", ""),
    ("magaza", "Mağaza ve personel", "Store and staff", "", "hizmet"),
    ("diger", "Diğer", "Other", "other", ""),
)
