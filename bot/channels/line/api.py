"""LINE's API through the SDK's own client."""

from typing import Any

import aiohttp
from linebot.v3.messaging import (
    ApiException,
    AsyncApiClient,
    AsyncMessagingApi,
    AsyncMessagingApiBlob,
    Configuration,
)
from linebot.v3.messaging.models import (
    RichMenuRequest,
    RichMenuResponse,
    TestWebhookEndpointRequest,
    TestWebhookEndpointResponse,
)

BASE = "https://api.line.me"
TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=5)
NO_ANSWER = (ApiException, aiohttp.ClientError, TimeoutError, ValueError)


class LineApi:
    """One long-lived client of LINE's API."""

    def __init__(self, access_token: str, base: str) -> None:
        self._configuration = Configuration(host=base, access_token=access_token)
        # Pictures go to another host of LINE's, which the SDK knows.
        self._pictures = Configuration(
            host=None if base == BASE else base, access_token=access_token
        )
        self._client: AsyncApiClient | None = None

    @property
    def sdk(self) -> AsyncMessagingApi:
        """Return the SDK's API over one long-lived client, made inside the running loop."""
        return AsyncMessagingApi(self._connected())

    async def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        retry_key: str | None = None,
        patience: aiohttp.ClientTimeout = TIMEOUT,
    ) -> str:
        """Return a ready body through the SDK's client, without its models, which cost
        milliseconds."""
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if retry_key:
            headers["X-Line-Retry-Key"] = retry_key
        answer = await self._connected().call_api(
            path,
            method,
            header_params=headers,
            query_params=[],
            body=body,
            response_types_map={},
            auth_settings=["Bearer"],
            _request_timeout=patience,
        )
        return str(answer.raw_data)

    async def ask_webhook_test(self) -> TestWebhookEndpointResponse:
        """Let LINE call our webhook and tell how that went."""
        asked = TestWebhookEndpointRequest()
        found: TestWebhookEndpointResponse = await self.sdk.test_webhook_endpoint(
            asked, _request_timeout=TIMEOUT
        )
        return found

    async def menus(self) -> list[RichMenuResponse]:
        """Return the rich menus that were made by way of the API."""
        found = await self.sdk.get_rich_menu_list(_request_timeout=TIMEOUT)
        return list(found.richmenus)

    async def make_menu(self, asked: RichMenuRequest) -> str:
        """Make a new rich menu, still without its picture; return LINE's number of it."""
        made = await self.sdk.create_rich_menu(asked, _request_timeout=TIMEOUT)
        return str(made.rich_menu_id)

    async def draw_menu(self, number: str, picture: bytes) -> None:
        """Give a rich menu its picture (PNG), unless it has one."""
        async with AsyncApiClient(self._pictures) as client:
            try:
                await AsyncMessagingApiBlob(client).set_rich_menu_image(
                    number,
                    picture,
                    _headers={"Content-Type": "image/png"},
                    _request_timeout=TIMEOUT,
                )
            except ApiException as error:
                if error.status != 400 or "already" not in str(error.body):
                    raise

    async def close(self) -> None:
        """Let go of connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    def _connected(self) -> AsyncApiClient:
        if self._client is None:
            self._client = AsyncApiClient(self._configuration)
        return self._client
