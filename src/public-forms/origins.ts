// Which pages may show a form and send it.
import type { FormRow } from "../crm/forms/forms.ts";
import { AppError } from "../errors.ts";

type Restricted = Pick<FormRow, "allowedOrigins">;

/**
 * Refuses a request of a page that the form does not allow. Our own page may always send it; with a list, a request that does not
 * say where it comes from is refused, too, unless it only reads.
 * @param host this server's host and port
 * @throws AppError 403
 */
export function requireOrigin({ allowedOrigins }: Restricted, host: string, request: Request): void {
	if (allowedOrigins.length === 0) return;
	const origin = request.headers.get("origin");
	if (origin === null && request.method !== "POST") return;
	if (origin !== null && (allowedOrigins.includes(origin) || hostOf(origin) === host)) return;
	throw new AppError("FORBIDDEN", "This form does not take answers from this page.");
}

const hostOf = (origin: string): string | null => (URL.canParse(origin) ? new URL(origin).host : null);

/** The pages that may show the form in a frame, for a content security policy. */
export const frameAncestors = ({ allowedOrigins }: Restricted): string =>
	allowedOrigins.length === 0 ? "*" : ["'self'", ...allowedOrigins].join(" ");
