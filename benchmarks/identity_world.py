"""A second world of customers, with mechanisms of its own: one account for a family, numbers that pass to others, agents of firms that
change, marketplaces that mask addresses, foreign names written by ear. Seeded; nobody in it exists.

python -m benchmarks.identity_world --records 10000 --seed 1 --out DIR      writes records.csv and truth.csv
"""

import argparse
import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

_GIVEN = (
    "Ada Adil Afra Akif Alev Alim Arın Asaf Aslıhan Atakan Bade Baran Begüm Belma Berke Bora Canan Cevdet Damla Defne Dorukhan Ela Emir "
    "Erdal Eylül Feyza Gaye Görkem Güneş Haluk Harun Hazal Ilgın Irmak İdil İlayda İskender Kaan Kayra Lara Lütfi Mahir Meral Mira Naz "
    "Nejat Nevin Okan Oktay Öykü Pelin Poyraz Rana Rüya Saffet Selin Simge Şebnem Şevket Tamer Tarık Toprak Tülin Uğur Umut Ülker Vahit "
    "Yağmur Yavuz Yiğit Zerrin Zübeyde"
)
GIVEN = _GIVEN.split()
_FAMILY = (
    "Açıkgöz Akıncı Alkan Arıkan Atalay Balaban Başaran Bayrak Beşikçi Bilgiç Boyacı Börekçi Candan Cebeci Çağlayan Çalışkan Dağdelen "
    "Denizci Dikmen Ekinci Elmas Engin Erbil Fidan Fırat Girgin Göçmen Gündüz Hancı Ilıcalı Işıldak İnal İpekçi Kalkan Karabulut Kaymaz "
    "Kırımlı Koçak Körükçü Kuyumcu Mutlu Nalbant Oduncu Onat Oral Örs Özgen Pamuk Pekcan Saraç Sevinç Soylu Şahbaz Şenkal Tanrıöver "
    "Tezcan Uğurlu Uzuner Ünsal Varol Yağcı Yaprak Yoldaş Zorlu"
)
FAMILY = _FAMILY.split()
FOREIGN = (
    ("Mohammad Reza|Muhammed Rıza|Mohamed Reza", "Ahmadi|Ahmedi|Ahmady"),
    ("Aleksandr|Alexander|Aleksander", "Ivanov|İvanov|Ivanoff"),
    ("Yekaterina|Ekaterina|Katerina", "Petrova|Petrowa"),
    ("Khaled|Halid|Khalid", "Al Masri|Elmasri|Al-Masri"),
    ("Olena|Elena|Helena", "Shevchenko|Şevçenko|Sevcenko"),
    ("Giorgi|Georgi|George", "Beridze|Beridse"),
)
TOWNS = {
    "İzmir": "Konak Bornova Urla",
    "Ankara": "Çankaya Mamak Gölbaşı",
    "Muğla": "Bodrum Datça Fethiye",
    "Van": "İpekyolu Edremit",
}
FOLD = str.maketrans("çğıöşüÇĞİÖŞÜâ", "cgiosuCGIOSUa")
HEADER = "rec_id channel first_name last_name phone email birth_date address district city company"
PROVIDERS = ("gmail.com", "gmail.com", "outlook.com", "yandex.com", "ornek.example")


@dataclass
class Person:
    number: int
    given: str
    family: str
    phones: list[str]
    mails: list[str]
    born: str
    home: tuple[str, str, str]
    spellings: list[tuple[str, str]] = field(default_factory=list)
    firm: str = ""


class World:
    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.n = 0
        self.released: list[str] = []  # numbers given up, to be had again by others

    def phone(self) -> str:
        if self.released and self.random.random() < 0.06:
            return self.released.pop(self.random.randrange(len(self.released)))
        return f"5{self.random.choice('0345')}{self.random.randrange(10**8):08d}"

    def home(self) -> tuple[str, str, str]:
        town = self.random.choice(list(TOWNS))
        street = (
            f"{self.random.choice(FAMILY)} Mah. {self.random.choice(GIVEN)} Sok. No: {self.random.randrange(1, 90)}"
        )
        return street, self.random.choice(TOWNS[town].split()), town

    def person(self, family: str, home: tuple[str, str, str]) -> Person:
        self.n += 1
        # Common names are common: squared, so that the first of the list are met most.
        given = GIVEN[int(self.random.random() ** 2 * len(GIVEN))]
        year = self.random.randrange(1945, 2006)
        born = f"{self.random.randrange(1, 29):02d}.{self.random.randrange(1, 13):02d}.{year}"
        user = self.random.choice(
            (
                f"{given}.{family}",
                f"{given}{year % 100:02d}",
                f"{family}{self.random.randrange(999)}",
                f"{given[0]}{family}",
            )
        )
        mail = user.translate(FOLD).lower() + str(self.n % 97) + "@" + self.random.choice(PROVIDERS)
        return Person(self.n, given, family, [self.phone()], [mail], born, home, [(given, family)])

    def groups(self) -> Iterator[list[Person]]:
        """Families, firms and foreigners, without an end."""
        makers: tuple[Callable[[], list[Person]], ...] = (
            self.family_with_one_account,
            self.single,
            self.single,
            self.firm,
            self.foreigner,
        )
        while True:
            yield self.random.choices(makers, (4, 4, 4, 1, 1))[0]()

    def single(self) -> list[Person]:
        one = self.person(FAMILY[int(self.random.random() ** 1.5 * len(FAMILY))], self.home())
        if self.random.random() < 0.25:  # a new number: the old one will be somebody else's
            self.released.append(one.phones[0])
            one.phones.append(self.phone())
        return [one]

    def family_with_one_account(self) -> list[Person]:
        """All order with the mail address of the first, some with the phone as well."""
        name, home = self.random.choice(FAMILY), self.home()
        members = [self.person(name, home) for _ in range(self.random.choice((2, 3, 3, 4)))]
        for member in members[1:]:
            member.mails = [members[0].mails[0]] if self.random.random() < 0.6 else [*member.mails, members[0].mails[0]]
            if self.random.random() < 0.3:
                member.phones.append(members[0].phones[0])
        return members

    def firm(self) -> list[Person]:
        """A switchboard and a mailbox; agents come and go, and have their own number as well."""
        name = f"{self.random.choice(FAMILY)} {self.random.choice(('Tekstil', 'Otel', 'Gıda'))} Ltd. Şti."
        phone, mail = f"232{self.random.randrange(10**7):07d}", f"satinalma@firma{self.n}.example"
        agents = [self.person(self.random.choice(FAMILY), self.home()) for _ in range(self.random.randrange(2, 6))]
        for agent in agents:
            agent.firm, agent.phones, agent.mails = name, [phone, phone, *agent.phones], [mail, *agent.mails]
        return agents

    def foreigner(self) -> list[Person]:
        """Written by ear, another way each time."""
        given, family = self.random.choice(FOREIGN)
        one = self.person(family.split("|")[0], self.home())
        one.spellings = [(g, f) for g in given.split("|") for f in family.split("|")]
        return [one]

    def record(self, one: Person) -> list[str]:
        r = self.random
        given, family = r.choice(one.spellings)
        channel = r.choice(("magaza", "pazaryeri", "telefon", "posta"))
        phone = (
            r.choice(one.phones)
            if r.random() < {"magaza": 0.9, "pazaryeri": 0.5, "telefon": 1.0, "posta": 0.1}[channel]
            else ""
        )
        mail = (
            r.choice(one.mails)
            if r.random() < {"magaza": 0.7, "pazaryeri": 1.0, "telefon": 0.1, "posta": 1.0}[channel]
            else ""
        )
        if channel == "pazaryeri" and r.random() < 0.7:  # masked: another address for each order
            mail = f"{r.randrange(16**12):012x}@siparis.pazaryeri.example"
        street, town, city = one.home if channel in ("magaza", "pazaryeri") and r.random() < 0.8 else ("", "", "")
        born = one.born if channel == "magaza" and r.random() < 0.4 else ""
        given, family = (self.written(name) for name in (given, family if r.random() < 0.93 else ""))
        return [
            channel,
            given,
            family,
            r.choice(("0", "+90", "")) + phone if phone else "",
            mail,
            born,
            street,
            town,
            city,
            one.firm,
        ]

    def written(self, name: str) -> str:
        r = self.random
        if len(name) > 4 and r.random() < 0.05:
            place = r.randrange(1, len(name) - 1)
            name = name[:place] + r.choice(("", name[place] * 2, r.choice("aeilnr"))) + name[place + 1 :]
        name = name.translate(FOLD) if r.random() < 0.25 else name
        return r.choice((str, str, str, str.upper, str.lower))(name)


def write(n: int, seed: int, out: Path) -> None:
    world, rows = World(seed), []
    for group in world.groups():
        for one in group:
            rows += [(one.number, world.record(one)) for _ in range(world.random.choice((1, 1, 2, 2, 3, 4, 6)))]
        if len(rows) >= n:
            break
    rows = rows[:n]
    world.random.shuffle(rows)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "records.csv").open("w", newline="") as records, (out / "truth.csv").open("w", newline="") as truth:
        told, true = csv.writer(records), csv.writer(truth)
        told.writerow(HEADER.split())
        true.writerow(["rec_id", "person_id"])
        for number, (person, row) in enumerate(rows, 1):
            told.writerow([number, *row])
            true.writerow([number, person])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    write(asked.records, asked.seed, asked.out)
