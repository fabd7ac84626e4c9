"""The causes a firm begins with: slug, its words in Turkish and in English, and what lies under it."""

USUAL: tuple[tuple[str, str, str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "delivery",
        "Teslimat",
        "Delivery",
        (
            ("delivery-late", "Geç geldi", "Came late"),
            ("delivery-lost", "Gelmedi, kayboldu", "Never came"),
            ("delivery-damaged", "Yolda hasar gördü", "Damaged on the way"),
            ("delivery-place", "Yanlış yere bırakıldı", "Left at the wrong place"),
        ),
    ),
    (
        "product",
        "Ürün",
        "Product",
        (
            ("product-faulty", "Kusurlu", "Faulty"),
            ("product-wrong", "Yanlış ürün gönderildi", "Wrong item sent"),
            ("product-missing", "Eksik", "Something is missing"),
            ("product-unlike", "Anlatıldığı gibi değil", "Not as described"),
            ("product-size", "Ölçüsü uymadı", "Does not fit"),
        ),
    ),
    (
        "money",
        "Ödeme ve fatura",
        "Payment and invoice",
        (
            ("money-charged", "Fazla ya da iki kez çekildi", "Charged too much or twice"),
            ("money-refund", "İade parası gelmedi", "Refund did not come"),
            ("money-invoice", "Fatura hatalı", "Invoice is wrong"),
            ("money-discount", "İndirim uygulanmadı", "Discount was not given"),
        ),
    ),
    (
        "service",
        "Hizmet",
        "Service",
        (
            ("service-silent", "Yanıt alamadı", "Got no answer"),
            ("service-wrong", "Yanlış bilgi verildi", "Was told wrong"),
            ("service-promise", "Söz tutulmadı", "Promise was not kept"),
            ("service-manner", "İlgi ve tavır", "Manner"),
        ),
    ),
    (
        "site",
        "Site ve hesap",
        "Web site and account",
        (
            ("site-order", "Sipariş verilemedi", "Could not order"),
            ("site-account", "Hesaba girilemedi", "Could not sign in"),
        ),
    ),
    (
        "request",
        "İstek",
        "Request",
        (
            ("request-change", "Siparişte değişiklik", "Change of an order"),
            ("request-return", "İade ya da değişim", "Return or exchange"),
            ("request-custom", "Özel üretim", "Made to measure"),
            ("request-paper", "Belge", "A document"),
        ),
    ),
)
