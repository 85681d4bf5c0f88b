import type { ClientOptions, LeadwireClient } from "../client.ts";
import { LeadwireError } from "../errors.ts";
import { retryingFetch } from "../retry.ts";
import type { ApiDocument } from "./document.ts";
import { PATIENT } from "./session.ts";

/** Reads the OpenAPI document of an organization, which has its custom fields. */
export async function ownDocument({ apiKey, baseUrl }: ClientOptions): Promise<ApiDocument> {
	const send = retryingFetch((request) => fetch(request), PATIENT);
	const url = new URL("/api/v1/openapi.json", baseUrl);
	const response = await send(new Request(url, { headers: { "x-api-key": apiKey } }));
	return response.json();
}

/** The id of the organization that an own document is for; undefined if the host is older and doesn't say. */
export const organizationIn = ({ info }: ApiDocument): string | undefined => info["x-organization-id"];

/** The same by one small answer, if the key may read it. */
export async function organizationOf(
	client: Pick<LeadwireClient, "GET">,
	options: ClientOptions,
): Promise<string | undefined> {
	try {
		return (await client.GET("/organization")).data.id;
	} catch (error) {
		if (!(error instanceof LeadwireError && error.status === 403)) throw error;
		return organizationIn(await ownDocument(options));
	}
}

/** Whether what was begun in an organization would be continued in another; files of older versions don't say in which. */
export const isAnother = (begun: string | undefined, now: string | undefined): boolean =>
	begun !== undefined && now !== undefined && begun !== now;
