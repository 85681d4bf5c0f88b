// The dashboard as a developer meets it, in a real browser against the Worker as it runs: nothing is asked of another
// host, the page's policy holds, no error is logged, and every page can be used by those who don't see or don't point.
// One story in one browser, told in this order.
import "./signing-in.ts";
import "./webhooks.ts";
import "./data.ts";
import "./trouble.ts";
import "./pages.ts";
