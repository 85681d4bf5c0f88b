// The dashboard in a real browser with a running Worker: no request goes to another host, the content security policy holds,
// no error is logged, and every page is accessible. The tests share one browser and run in this order.
import "./signing-in.ts";
import "./webhooks.ts";
import "./webhook-editing.ts";
import "./data.ts";
import "./board.ts";
import "./records.ts";
import "./targets.ts";
import "./unsaved.ts";
import "./once.ts";
import "./keyboard.ts";
import "./addresses.ts";
import "./typing.ts";
import "./two-tabs.ts";
import "./concurrent.ts";
import "./files.ts";
import "./outages.ts";
import "./webhook-states.ts";
import "./documentation.ts";
import "./dialogs.ts";
import "./pages.ts";
