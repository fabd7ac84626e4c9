"""Whether a text says that a file goes with it: told apart from everything that only sounds like it."""

import pytest

from muhatap.writing import promising

PROMISES = [
    "Faturanızı ekte bulabilirsiniz.",
    "Fatura ektedir.",
    "Ekteki formu doldurup bize iletebilirsiniz.",
    "Merhaba, EKTE iade formunu gönderiyoruz.",
    "Ek’te iade formu var.",
    "Ek'teki kılavuza göz atın.",
    "Mailimizin ekinde fiyat listemiz var.",
    "Eklerde renk kartelamızı görebilirsiniz.",
    "Ekimizdeki kataloğa bakabilirsiniz.",
    "Ekli dosyada ölçüler yazıyor.",
    "Ekli olan faturayı muhasebenize verebilirsiniz.",
    "İade formu eklidir.",
    "İlişikte proforma faturamızı sunuyoruz.",
    "İlişikteki belgeyi imzalayın.",
    "İlişik belgeyi imzalayıp yollayın.",
    "İliştirilmiş dosyaya bakabilirsiniz.",
    "Faturanızı maile ekledim.",
    "Kargo fotoğrafını da ekliyorum.",
    "Dosyayı size gönderiyorum.",
    "Dekontu buradan paylaşıyoruz.",
    "Ekler: fatura, garanti belgesi",
    "Merhaba,\nEk: iade formu",
    "Ölçüler Ek-2 sayfasında.",
    "Please find attached your invoice.",
    "I've attached the return label.",
    "ATTACHED: your invoice",
    "I attach the price list.",
    "See the attachment for sizes.",
    "The measurements are in the attachments.",
    "Attaching the photo here.",
    "Please find enclosed the form.",
    "I enclose our price list.",
    "Enclosed you will find the label.",
    "It is all in the document attached to this mail.",
]
SILENT = [
    "Ekibimiz yarın sizi arayacak.",
    "Ekip arkadaşım ilgileniyor.",
    "Ekmek sepeti stokta kalmadı.",
    "Eklemek istediğim bir şey daha var.",
    "Siparişinize bir havlu ekledim.",
    "Sepetinize hediye notu ekliyorum.",
    "Ek ücret ödemezsiniz.",
    "Ek olarak yastık kılıfı da alabilirsiniz.",
    "Ek 2 gün süre tanıdık.",
    "Ekim ayında yeni koleksiyon gelecek.",
    "Ekimde döneriz.",
    "Ekru rengi tükendi.",
    "Ekose desenli olanı 1.249,90 ₺.",
    "Eksik parçayı yarın kargoluyoruz.",
    "Ekran ışığında renk farklı görünebilir.",
    "Ekstra indirim tanımladık.",
    "Ekonomik kargo seçeneği de var.",
    "Müşteri ilişkileri birimimiz arayacak.",
    "İlişkili siparişiniz bulunmuyor.",
    "Ekteki fotoğrafınızı aldık, teşekkür ederiz.",
    "Gönderdiğiniz ekteki faturayı inceledik.",
    "Ekte bir dosya göremedim.",
    "Mailinizin ekinde fotoğraf yok.",
    "Fotoğrafı ekte gönderir misiniz?",
    "Dosyayı ekte iletebilir misiniz?",
    "Fotoğrafı eklemeyi unutmuşsunuz, ekte görünmüyor.",
    "Paketinizi bugün gönderiyoruz.",
    "Nevresim takımını yarın kargoya veriyoruz.",
    "Hesabınıza ekli kart değişti.",
    "Seçenekler: mavi, yeşil",
    "Yarın kargoda olacak, merak etmeyin.",
    "The photo you attached arrived.",
    "Could you attach a photo?",
    "Please attach a photo of the label.",
    "There was no attachment in your mail.",
    "Your attachment could not be opened.",
    "No strings attached.",
    "The rings are attached to the curtain.",
    "We are emotionally attached, of course.",
    "We will call you tomorrow.",
    "An enclosed balcony is a good place for linen.",
    "",
]


@pytest.mark.parametrize("text", PROMISES)
def test_a_file_is_promised(text: str) -> None:
    assert promising.promise(text)


@pytest.mark.parametrize("text", SILENT)
def test_no_file_is_promised(text: str) -> None:
    assert promising.promise(text) == ""


def test_only_the_new_words_promise() -> None:
    quoted = "<blockquote><p>Ekteki faturayı <blockquote>ödedim.</blockquote></p></blockquote>"
    assert promising.promise(promising.new_words(f"<p>Teşekkür ederiz.</p>{quoted}")) == ""
    assert promising.promise("Teşekkürler\n> Ekte fatura var.\n") == ""
    assert promising.promise(promising.new_words(f"<p>Fatura ekte.</p>{quoted}")) == "ekte"


def test_a_promise_in_one_sentence_is_not_taken_back_by_another() -> None:
    assert promising.promise("Gönderdiğiniz fotoğrafı aldık. İade formunu ekte bulabilirsiniz.") == "ekte"
