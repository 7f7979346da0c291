"""gql and ariadne-codegen as docs/clients.md sets them up."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import pathlib
import unittest
import uuid
from decimal import Decimal

from daybook import Daybook
from daybook_client import Client
from daybook_client.enums import EntryType, UserErrorCode
from daybook_client.input_types import AddEntryInput
from gql import gql
from gql.transport.exceptions import TransportQueryError
from graphql import GraphQLError

URL = os.environ["DAYBOOK_URL"]
SCHEMA = (pathlib.Path(__file__).parent / "schema.graphql").read_text()
PASSWORD = "correct horse battery"
ME = gql("query Me { me { username } }")
REGISTER = gql(
    """
    mutation Register($username: String!, $password: String!) {
      register(input: { username: $username, password: $password, currency: "USD" }) { userErrors { code } }
    }
    """
)
CREATE = gql(
    """
    mutation Create($name: String!) {
      createCustomer(input: { name: $name }) { customer { id } userErrors { code } }
    }
    """
)


def register() -> tuple[Daybook, str]:
    """A new user who has logged in, and their name."""
    name = f"u{uuid.uuid4().hex[:20]}"
    user = Daybook(URL, SCHEMA)
    user.execute(REGISTER, {"username": name, "password": PASSWORD})
    user.login(name, PASSWORD)
    return user, name


def expire(user: Daybook) -> None:
    """Puts an access token into the session that the server signed an hour and more ago."""
    head, body, _ = (user.bearer.token or "").split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    aged = encode(json.dumps({**claims, "iat": claims["iat"] - 7200, "exp": claims["exp"] - 7200}).encode())
    signature = hmac.new(os.environ["TEST_SECRET"].encode(), f"{head}.{aged}".encode(), hashlib.sha256).digest()
    user.bearer.token = f"{head}.{aged}.{encode(signature)}"


def encode(data: bytes) -> str:
    """Base 64 as in a token."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Gql(unittest.TestCase):
    """The package gql."""

    def test_a_query_is_checked_against_the_schema_before_it_is_sent(self) -> None:
        user, name = register()
        self.assertEqual(user.execute(ME), {"me": {"username": name}})
        with self.assertRaisesRegex(GraphQLError, "Cannot query field 'usernam'"):
            user.execute(gql("{ me { usernam } }"))

    def test_an_expired_token_is_renewed_and_the_operation_sent_again(self) -> None:
        user, name = register()
        for _ in range(2):
            expire(user)
            self.assertEqual(user.execute(ME), {"me": {"username": name}})
        expire(user)
        created = user.execute(CREATE, {"name": "Amal"})["createCustomer"]
        self.assertEqual(created["userErrors"], [])

    def test_an_error_has_its_code(self) -> None:
        with self.assertRaises(TransportQueryError) as raised:
            Daybook(URL, SCHEMA).execute(ME)
        self.assertEqual([error["extensions"]["code"] for error in raised.exception.errors or []], ["UNAUTHENTICATED"])

    def test_a_wrong_password_raises(self) -> None:
        _, name = register()
        with self.assertRaisesRegex(PermissionError, "password"):
            Daybook(URL, SCHEMA).login(name, "another one")


class Ariadne(unittest.TestCase):
    """The client that ariadne-codegen makes."""

    def test_its_methods_take_and_return_typed_values(self) -> None:
        user, _ = register()
        customer = user.execute(CREATE, {"name": "Amal"})["createCustomer"]["customer"]["id"]
        asyncio.run(self.add(customer, {"Authorization": f"Bearer {user.bearer.token}"}))

    async def add(self, customer: str, headers: dict[str, str]) -> None:
        async with Client(url=URL, headers=headers) as client:
            entry = AddEntryInput(
                customerId=customer, type=EntryType.CREDIT, amount=Decimal("12.50"), date="2026-11-20"
            )
            added = (await client.add_entry(input=entry)).add_entry
            assert added is not None and added.entry is not None
            self.assertEqual(added.entry.amount.amount, Decimal("12.50"))
            self.assertEqual(added.entry.date, "2026-11-20")
            entry.amount = Decimal("0.001")
            refused = (await client.add_entry(input=entry)).add_entry
            assert refused is not None
            self.assertEqual([error.code for error in refused.user_errors], [UserErrorCode.INVALID])
            customers = (await client.customers(first=5)).customers
            assert customers is not None
            balance = customers.nodes[0].balance
            assert balance is not None
            self.assertEqual((balance.amount, balance.currency), (Decimal("12.50"), "USD"))


if __name__ == "__main__":
    unittest.main()
