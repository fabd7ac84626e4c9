"""`muhatap dedupe` on small files, and on files nobody should send."""

import csv
import json

import pytest

from muhatap.config import command

HEADER = "rec_id,ad,soyad,telefon,e-posta,doğum tarihi"
ROWS = [
    "1,AYŞE,YILMAZ,0532 123 41 18,ayse.yilmaz@ornek.example,",
    "2,Ayse,Yilmaz,+905321234118,,23.04.1980",
    "3,Mehmet,Kaya,0533 111 22 33,,",
]


@pytest.fixture
def written(tmp_path):
    def write(text: str | bytes):
        path = tmp_path / "in.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return write


def dedupe(path, *words: str) -> int:
    return command.main(["dedupe", str(path), "--out", str(path.with_name("clusters.csv")), *words])


def clusters(path) -> dict[str, str]:
    with path.with_name("clusters.csv").open() as file:
        return {row["rec_id"]: row["cluster_id"] for row in csv.DictReader(file)}


def test_the_same_customer_twice_is_told(written, capsys):
    path = written("\n".join([HEADER, *ROWS]))

    assert dedupe(path, "--explain", str(path.with_name("pairs.csv"))) == 0

    assert clusters(path) == {"1": "1", "2": "1", "3": "3"}
    summary = json.loads(capsys.readouterr().out)
    assert (summary["records"], summary["clusters"], summary["largest_cluster"]) == (3, 2, 2)
    assert "phone same" in path.with_name("pairs.csv").read_text()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1254", "utf-16"])
def test_turkish_letters_come_through_whatever_the_encoding(written, encoding):
    path = written("\n".join([HEADER.replace(",", ";"), *(row.replace(",", ";") for row in ROWS)]).encode(encoding))

    assert dedupe(path) == 0
    assert clusters(path)["2"] == "1"


@pytest.mark.parametrize("column", ["ad", "soyad", "adres", "il", "ilçe", "e-posta", "firma", "posta kodu", "tckn"])
def test_a_file_may_lack_any_column_that_another_is_compared_with(written, column):
    path = written(f"{column},telefon\nAyşe Sok. 5,0532 123 41 18\nAyşe Sok. 5,0532 123 41 18\n")

    assert dedupe(path) == 0


def test_a_mapping_says_what_a_strange_column_is(written):
    path = written("no,kim,nasıl\n7,Ayşe Yılmaz,0532 123 41 18\n8,ayse yilmaz,5321234118\n")

    assert dedupe(path, "--map", "rec_id=no", "--map", "full_name=kim", "--map", "phone=nasıl") == 0
    assert clusters(path) == {"7": "7", "8": "7"}


def test_what_somebody_said_comes_before_every_weight(written, capsys):
    path = written("\n".join([HEADER, *ROWS]))
    said = path.with_name("links.csv")
    said.write_text("kayıt_1;kayıt_2;karar\n2;1;farklı\n1;3;aynı\n9;1;aynı\n", "cp1254")

    assert dedupe(path, "--links", str(said)) == 0

    assert clusters(path) == {"1": "1", "2": "2", "3": "1"}
    assert json.loads(capsys.readouterr().out)["links_not_found"] == 1


def test_two_numbers_of_identity_are_two_people_whatever_else_is_the_same(written):
    """A father and the son who bears his name; a slip of the pen is no second number."""
    row = "{},Mehmet,Kaya,0533 410 20 77,mehmet.kaya@ornek.example,23.04.1980,{}"
    numbers = ("10000000146", "12345678950", "1234567895", "")
    path = written("\n".join([f"{HEADER},tckn", *(row.format(*one) for one in enumerate(numbers, 1))]))

    assert dedupe(path) == 0
    found = clusters(path)
    assert found["1"] != found["2"] == found["3"]

    path.with_name("links.csv").write_text("rec_id_l,rec_id_r,link\n1,2,same\n")
    assert dedupe(path, "--links", str(path.with_name("links.csv"))) == 0
    assert set(clusters(path).values()) == {"1"}


@pytest.mark.parametrize(
    "said", ["", "a,b,c\n1,2,same\n", "rec_id_l,rec_id_r,link\n1,2,perhaps\n", "rec_id_l,rec_id_r,link\n1\n"]
)
def test_links_that_say_nothing_are_refused(written, said):
    path = written("\n".join([HEADER, *ROWS]))
    path.with_name("links.csv").write_text(said)

    assert dedupe(path, "--links", str(path.with_name("links.csv"))) == 1
    assert not path.with_name("clusters.csv").exists()


def test_the_header_of_febrl_is_known_with_its_spaces(written):
    header = "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state, date_of_birth, soc_sec_id"
    row = "{}, mitchell, green, 7, wallaby place, delmar, cleveland, 2119, sa, 19560409, 1804974"
    path = written(
        "\n".join([header, row.format("a"), row.format("b"), "c, anna, white, , , , , , , 19700101, 2404974"])
    )

    assert dedupe(path) == 0
    assert clusters(path) == {"a": "a", "b": "a", "c": "c"}


HOSTILE = {
    "empty": b"",
    "no rows": b"ad,soyad\n",
    "a name twice": b"ad,ad\nx,y\n",
    "binary": b"\x89PNG\r\n\x1a\n\x00\x00\x00",
    "nothing known": b"foo,bar\n1,2\n",
    "open quote": b'ad,soyad\n"x,y\n',
    "ragged": b"ad,soyad\na,b\nc,d,e,f\n",
    "half of UTF-16": b"\xff\xfe\x00",
    "a number twice": b"id,ad\n1,x\n2,y\n1,z\n",
    "no number": b"id,ad\n1,x\n,y\n",
}


@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_gets_a_sentence_and_writes_nothing(written, capsys, hostile):
    path = written(hostile)

    assert dedupe(path) == 1

    told = capsys.readouterr().err
    assert told.count("\n") == 1 and "Traceback" not in told
    assert not path.with_name("clusters.csv").exists()


def test_no_result_is_written_over_what_is_read_or_over_another(written, capsys):
    path = written("\n".join([HEADER, *ROWS]))
    kept = path.read_bytes()

    assert dedupe(path, "--out", str(path)) == 1
    assert dedupe(path, "--explain", str(path.with_name("clusters.csv"))) == 1
    assert dedupe(path, "--out", str(path.parent / "nowhere" / "clusters.csv")) == 1

    assert path.read_bytes() == kept and not path.with_name("clusters.csv").exists()
    assert "clusters.csv" in capsys.readouterr().err


def test_a_delimiter_in_a_quoted_name_of_a_column_parts_nothing(written):
    path = written('"Soyad, Ad, Ünvan";telefon\nYılmaz Ayşe;0532 123 41 18\nx;0532 123 41 18\n')

    assert dedupe(path) == 0
    assert clusters(path).keys() == {"1", "2"}


def test_a_file_that_is_not_there_is_said(tmp_path, capsys):
    assert dedupe(tmp_path / "in.csv") == 1
    assert "in.csv" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", ["--map telefon", "--map nothing=ad", "--map phone=nowhere", "--rules a+b", "--bar x"]
)
def test_words_it_cannot_use_are_refused(written, words):
    assert dedupe(written("\n".join([HEADER, *ROWS])), *words.split()) == 1


def test_spark_says_so_when_it_is_not_installed(written, capsys):
    try:
        import pyspark  # noqa: F401
    except ImportError:
        assert dedupe(written("\n".join([HEADER, *ROWS])), "--engine", "spark") == 1
        assert "requirements/spark.txt" in capsys.readouterr().err
    else:
        pytest.skip("PySpark is installed here")


def test_what_was_learned_is_kept_and_used_again(written, tmp_path):
    path = written("\n".join([HEADER, *(f"{n},Ad{n % 7},Soyad{n % 11},0532 1{n // 2:06d},," for n in range(200))]))
    kept = tmp_path / "model.json"

    assert dedupe(path, "--train", "--model", str(kept)) == 0
    assert json.loads(kept.read_text())["format"] == 1
    assert dedupe(path, "--model", str(kept)) == 0
