// A receiver that leaves the checking to the Standard Webhooks library.
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

/** A receiver that holds a secret as the library takes it. */
export function libraryReceiver(secret: () => string, format?: "raw") {
	return async (req: IncomingMessage, res: ServerResponse) => {
		try {
			const headers = req.headers as Record<string, string>;
			new Webhook(secret(), format ? { format } : {}).verify(await text(req), headers);
			res.writeHead(204).end();
		} catch (error) {
			res.writeHead(400).end(String(error));
		}
	};
}
