"""Checks the archive of a programme, decrypted, without any of the service's own code: that its
files are those of its list, that every event fits its link of the chain, that the accounts are
the sums of their postings, and that what venues are owed is what the accounts say.

usage: age --decrypt --identity key.txt programme-7.zip.age > programme-7.zip
       python3 verify_archive.py programme-7.zip
"""

import csv
import hashlib
import io
import json
import sys
import zipfile
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def moment(microseconds):
    """RFC 3339 in UTC, with as many decimals as there are."""
    at = EPOCH + timedelta(microseconds=microseconds)
    text = at.strftime("%Y-%m-%dT%H:%M:%S")
    parts = f".{at.microsecond:06}".rstrip("0")
    return text + (parts if parts != "." else "") + "Z"


def quoted(number):
    return "null" if number is None else f'"{number}"'


def covered(event):
    """What a link covers of an event: its fields in this order, numbers of things as texts."""
    day = date(1970, 1, 1) + timedelta(days=event["day"])
    return (
        f'{{"seq":"{event["seq"]}","occurred_at":"{moment(event["occurred_at"])}",'
        f'"recorded_at":"{moment(event["recorded_at"])}","day":"{day}",'
        f'"actor":{quoted(event["actor"])},"device":{quoted(event["device"])},'
        f'"programme":{quoted(event["programme"])},"voucher":{quoted(event["voucher"])},'
        f'"body":{event["content"]}}}'
    ).encode()


def link(event):
    text = covered(event)
    sha = hashlib.sha256(bytes.fromhex(event["before"] or "00" * 32))
    sha.update(len(text).to_bytes(8, "big") + text)
    for posting in event["postings"]:
        for number in posting:
            sha.update(number.to_bytes(8, "big", signed=True))
    return sha.hexdigest()


def rows(archive, table):
    with archive.open(f"tables/{table}.jsonl") as lines:
        for line in lines:
            yield json.loads(line)


def sheet(archive, name):
    return csv.DictReader(io.StringIO(archive.read(f"{name}.csv").decode("utf-8-sig")))


def verify(archive):
    wrong = []
    manifest = json.loads(archive.read("manifest.json"))
    for file in manifest["files"]:
        content = archive.read(file["name"])
        if hashlib.sha256(content).hexdigest() != file["sha256"]:
            wrong.append(f"{file['name']} is not what the list of contents says")
    debit, credit, events = defaultdict(int), defaultdict(int), 0
    for event in rows(archive, "event"):
        events += 1
        if link(event) != event["hash"]:
            wrong.append(f"event {event['seq']} does not fit its link of the chain")
        for account, amount, debit_after, credit_after in event["postings"]:
            debit[account] += max(-amount, 0)
            credit[account] += max(amount, 0)
            if (debit[account], credit[account]) != (debit_after, credit_after):
                wrong.append(f"event {event['seq']}: totals of account {account}")
    stages = defaultdict(int)
    for account in rows(archive, "account"):
        number = account["id"]
        if (account["debit_cents"], account["credit_cents"]) != (debit[number], credit[number]):
            wrong.append(f"account {number} is not the sum of its postings")
        stages[account["funder"], None] += credit[number] - debit[number]
        stages[account["stage"], account["organisation"]] += credit[number] - debit[number]
    for (funder, organisation), cents in stages.items():
        if organisation is None and cents:
            wrong.append(f"the accounts of funder {funder} are off by {cents} cents")
    owed = defaultdict(int)
    for line in sheet(archive, "owed"):
        for stage in ("earned", "in_payment", "receivable"):
            owed[stage, int(line["organisation"])] += int(line[f"{stage}_cents"])
    for (stage, organisation), cents in stages.items():
        if stage in ("earned", "in_payment", "receivable") and owed[stage, organisation] != cents:
            wrong.append(f"what organisation {organisation} is owed is not its accounts")
    earned = sum(cents for (stage, _), cents in owed.items() if stage == "earned")
    print(f"{manifest['origin']['name']}: {events} events, {earned} cents earned and not paid")
    print(f"digest {hashlib.sha256(archive.read('manifest.json')).hexdigest()}")
    return wrong


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as opened:
        found = verify(opened)
    print("\n".join(found) or "all agree")
    sys.exit(1 if found else 0)
