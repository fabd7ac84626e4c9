"""Every setting is read once, and whatever is wrong is told at once."""

import stat
from pathlib import Path

import pytest

from muhatap.config import environment
from muhatap.config.environment import BadEnvironment

KEY = "k" * 40


def read(tmp_path: Path, **values: str) -> environment.Environment:
    return environment.read({"MUHATAP_DATA": str(tmp_path / "data"), "MUHATAP_SECRET_KEY": KEY, **values})


def test_nothing_given_means_a_turkish_shop_on_this_machine(tmp_path: Path) -> None:
    settings = read(tmp_path)

    assert settings.database_url is None
    assert (settings.url, settings.bind) == ("http://localhost:8000", "127.0.0.1:8000")
    assert (settings.language, settings.time_zone) == ("tr", "Europe/Istanbul")
    assert (settings.debug, settings.web_workers, settings.job_workers) == (False, 1, 1)
    assert not settings.webhooks_may_be_private


def test_the_address_follows_the_port_until_one_is_given(tmp_path: Path) -> None:
    assert read(tmp_path, MUHATAP_BIND="0.0.0.0:9000").url == "http://localhost:9000"
    assert read(tmp_path, MUHATAP_BIND="[::1]:9000").bind == "[::1]:9000"
    assert read(tmp_path, MUHATAP_URL="https://destek.ihlamurev.example/").url == "https://destek.ihlamurev.example"


def test_a_value_may_stand_in_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "address"
    secret.write_text("postgresql://muhatap:gizli@db/muhatap\n")

    settings = read(tmp_path, DATABASE_URL_FILE=str(secret))

    assert settings.database_url == "postgresql://muhatap:gizli@db/muhatap"


def test_a_secret_key_is_made_once_and_kept_to_its_owner(tmp_path: Path) -> None:
    first, again = (environment.read({"MUHATAP_DATA": str(tmp_path)}).secret_key for _ in range(2))

    assert first == again
    assert len(first) >= 64
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_the_lake_is_a_folder_or_a_bucket(tmp_path: Path) -> None:
    assert read(tmp_path, MUHATAP_LAKE=str(tmp_path / "lake")).lake == str(tmp_path / "lake")

    told = read(
        tmp_path,
        MUHATAP_LAKE="s3://ihlamur/muhatap/lake/",
        MUHATAP_LAKE_ENDPOINT="http://minio:9000/",
        MUHATAP_LAKE_KEY="ihlamur",
        MUHATAP_LAKE_SECRET="gizli",
    )

    assert (told.lake, told.lake_endpoint) == ("s3://ihlamur/muhatap/lake", "http://minio:9000")


def test_half_a_key_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment, match="MUHATAP_LAKE_SECRET"):
        read(tmp_path, MUHATAP_LAKE="s3://ihlamur/lake", MUHATAP_LAKE_KEY="ihlamur")


def test_every_wrong_value_is_named_in_one_go(tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment) as told:
        read(
            tmp_path,
            MUHATAP_URL="ihlamurev",
            MUHATAP_WEB_WORKERS="çok",
            DATABASE_URL="mysql://x/y",
            MUHATAP_DEBUG="perhaps",
        )

    lines = str(told.value).splitlines()
    assert [line.split(":")[0] for line in lines] == [
        "MUHATAP_URL",
        "DATABASE_URL",
        "MUHATAP_DEBUG",
        "MUHATAP_WEB_WORKERS",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///db"),
        ("DATABASE_URL_FILE", "/does/not/exist"),
        ("MUHATAP_URL", "ftp://ihlamurev.example"),
        ("MUHATAP_URL", "https://ihlamurev.example/destek"),
        ("MUHATAP_BIND", "8000"),
        ("MUHATAP_BIND", "localhost:99999"),
        ("MUHATAP_LANGUAGE", "de"),
        ("MUHATAP_TIME_ZONE", "Avrupa/İstanbul"),
        ("MUHATAP_TIME_ZONE", "../etc/passwd"),
        ("MUHATAP_DEBUG", "maybe"),
        ("MUHATAP_WEB_WORKERS", "0"),
        ("MUHATAP_JOB_WORKERS", "1.5"),
        ("MUHATAP_MAX_UPLOAD_MB", "-1"),
        ("MUHATAP_MAX_UPLOAD_MB", "٣"),
        ("MUHATAP_POSTGRES_BIN", "/nowhere"),
        ("MUHATAP_SECRET_KEY", "short"),
        ("MUHATAP_DATA", __file__),
        ("MUHATAP_LAKE", "gs://ihlamur/lake"),
        ("MUHATAP_LAKE", "s3://ihlamur/../x"),
        ("MUHATAP_LAKE_ENDPOINT", "minio:9000"),
        ("MUHATAP_LAKE_ENDPOINT", "https://a:b@minio:9000"),
        ("MUHATAP_LAKE_REGION", "eu central"),
    ],
)
def test_a_wrong_value_stops_the_start_with_its_name(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadEnvironment, match=name.removesuffix("_FILE")):
        read(tmp_path, **{name: value})


def test_a_value_given_twice_is_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment, match="MUHATAP_URL"):
        read(tmp_path, MUHATAP_URL="https://a.example", MUHATAP_URL_FILE="/run/secrets/url")
