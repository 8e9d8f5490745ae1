"""What a shop writes of the script in its pages."""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from wracaj.language import Locale
from wracaj.settings.values import Url

_ORIGIN = re.compile(
    r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?"
)


def _origin(written: str) -> str:
    if not _ORIGIN.fullmatch(written):
        raise ValueError(
            "is no origin of a page; write https:// and the host in lower case, without a path:"
            " https://kubek.example"
        )
    return written


Origin = Annotated[str, AfterValidator(_origin)]
Wording = Annotated[str, Field(min_length=20, max_length=400)]


class ConsentWords(BaseModel):
    """The words beside the e-mail field that a shopper agrees to by ticking their box."""

    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    pl: Wording | None = Field(
        None,
        description=(
            "The words beside the e-mail field, on Polish pages: Przypomnijcie mi e-mailem o tym"
            " koszyku"
        ),
    )
    en: Wording | None = Field(None, description="The same words on English pages")

    @property
    def each(self) -> dict[Locale, str]:
        named: dict[Locale, str | None] = {"pl": self.pl, "en": self.en}
        return {locale: words for locale, words in named.items() if words}


class StorefrontSettings(BaseModel):
    model_config = ConfigDict(defer_build=True, frozen=True, extra="forbid")

    origins: tuple[Origin, ...] = Field(
        (),
        max_length=20,
        description=(
            "The pages that may report carts and subscribe browsers: [https://kubek.example]; none:"
            " those of recovery_hosts"
        ),
    )
    typed_emails: bool = Field(
        False,
        description=(
            "Whether the script reads e-mail addresses as they are typed; only beside a ticked box"
            " with the words in consent"
        ),
    )
    consent: ConsentWords = ConsentWords()
    basket_url: Url | None = Field(
        None,
        description=(
            "The shop's basket page, where reminders of these carts lead; none: its front page"
        ),
    )
    restore: Literal["woocommerce"] | None = Field(
        None,
        description=(
            "woocommerce: reminders fill the basket again, by WooCommerce's own checkout-link,"
            " where the page shows exact ids; none: they lead to basket_url"
        ),
    )

    @model_validator(mode="after")
    def _an_address_is_read_beside_words_only(self) -> Self:
        if self.typed_emails and not self.consent.each:
            raise ValueError(
                "typed_emails needs `consent`: the words beside the e-mail field, such as { pl:"
                " Przypomnijcie mi e-mailem o tym koszyku. }"
            )
        return self

    def has_wording(self, shown: str) -> bool:
        """Whether these are the shop's words, in any language. Pages may break lines anywhere."""
        return " ".join(shown.split()) in {
            " ".join(own.split()) for own in self.consent.each.values()
        }
