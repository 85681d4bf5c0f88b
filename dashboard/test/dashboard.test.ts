// The dashboard in a real browser with a running Worker: no request goes to another host, the content security policy holds,
// and no error is logged. The tests share one browser and run in this order.
import "./signing-in.ts";
import "./webhooks.ts";
import "./webhook-editing.ts";
import "./data.ts";
import "./board.ts";
import "./records.ts";
import "./shown.ts";
import "./fresh.ts";
import "./targets.ts";
import "./unsaved.ts";
import "./once.ts";
import "./keyboard.ts";
import "./addresses.ts";
import "./typing.ts";
import "./two-tabs.ts";
import "./concurrent.ts";
import "./files.ts";
