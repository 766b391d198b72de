"""People at real browsers: each has a window of their own, logs in, and reads what a page says."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

PATIENCE = 30_000
# What a browser says when the policy of a page is broken, told where the console is read.
WATCH = "document.addEventListener('securitypolicyviolation', e => console.error('policy: ' + e.violatedDirective))"
GRAVE = ("serious", "critical")


class Window:
    """A window of a browser at one installation; whatever its console complains of is kept."""

    def __init__(
        self, browser: Browser, address: str, *, scripts: bool = True, locale: str = "en-GB"
    ) -> None:
        self.address = address
        self.complaints: list[str] = []
        self._scripts = scripts
        self._context = browser.new_context(
            base_url=address,
            java_script_enabled=scripts,
            locale=locale,
            viewport={"width": 1280, "height": 900},
            accept_downloads=True,
        )
        self._context.set_default_timeout(PATIENCE)
        if scripts:
            self._context.add_init_script(WATCH)
        self._context.on("console", self._hear)
        self._context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.page: Page = self._context.new_page()

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(f"{self.page.url}: {message.text}")

    def log_in(self, mail: str, password: str) -> Window:
        """Logs in at the door and stands at the desk."""
        self.open("/login")
        self.page.locator("input[name=email]").fill(mail)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("main [type=submit]").click()
        expect(self.page).to_have_url(f"{self.address}/")
        self.see()
        return self

    def open(self, path: str) -> Page:
        """Opens a page of the installation, which must answer well."""
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, (path, answer.status, self.page.locator("main").inner_text())
        return self.page

    def see(self) -> None:
        """Looks at the page as it stands: what axe calls serious is kept as a complaint."""
        if not self._scripts:
            return
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        self.complaints += [
            f"{self.page.url}: {one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in found
            if one["impact"] in GRAVE
        ]

    def send(self, action: str) -> None:
        """Presses the first button of the form that leads to `action`, and agrees when the page asks."""
        form = self.form(action)
        asked = self._scripts and form.get_attribute("data-confirm") is not None
        form.locator("button:not([type=button])").first.click()
        if asked:
            self.page.locator("dialog.ask button[value=go]").click()

    def form(self, action: str) -> Locator:
        """The first form that leads to an address with `action` in it."""
        return self.page.locator(f'form[action*="{action}"]').first

    def told(self) -> str:
        """The callout that says what came of an act."""
        callout = self.page.locator("main .callout[role=status]").first
        expect(callout).to_be_visible()
        return callout.inner_text()

    def close(self) -> None:
        """Closes the window."""
        self._context.close()
