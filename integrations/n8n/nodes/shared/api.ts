// Calls of Leadwire's API, with errors that name the field at fault.
import {
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type IHttpRequestMethods,
	type ILoadOptionsFunctions,
	type JsonObject,
	NodeApiError,
} from "n8n-workflow";

export type Caller = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions;

/** A page of a list. */
export interface Page {
	items: IDataObject[];
	nextCursor: string | null;
	hasMore: boolean;
}

interface Request {
	method?: IHttpRequestMethods;
	body?: IDataObject;
	qs?: IDataObject;
	/** Statuses that are an answer and no error. */
	expected?: readonly number[];
	itemIndex?: number;
}

interface Answer {
	statusCode: number;
	body: unknown;
}

interface ErrorBody {
	code?: string;
	message?: string;
	errors?: Array<{ path: string; message: string }>;
}

/**
 * Calls the API.
 * @param path what follows `/api/v1/`
 * @returns the body, of type T; undefined for a status of `expected`
 */
export async function call<T>(caller: Caller, path: string, request: Request = {}): Promise<T | undefined> {
	const { method = "GET", body, qs, expected = [], itemIndex } = request;
	const { url } = await caller.getCredentials("leadwireApi");
	const answer = (await caller.helpers.httpRequestWithAuthentication.call(caller, "leadwireApi", {
		method,
		url: `${String(url)
			.trim()
			.replace(/(\/api\/v1)?\/*$/, "")}/api/v1/${path}`,
		...(body ? { body } : {}),
		...(qs ? { qs, arrayFormat: "repeat" as const } : {}),
		json: true,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
	})) as Answer;
	if (expected.includes(answer.statusCode)) return undefined;
	if (answer.statusCode >= 400) throw errorOf(caller, answer, itemIndex);
	return answer.body as T;
}

function errorOf(caller: Caller, { statusCode, body }: Answer, itemIndex: number | undefined): NodeApiError {
	const { code, message = `Leadwire answered ${statusCode}`, errors = [] } = (body ?? {}) as ErrorBody;
	return new NodeApiError(caller.getNode(), (body ?? {}) as JsonObject, {
		message: errors.length > 0 ? errors.map((one) => `${one.path}: ${one.message}`).join(" ") : message,
		description: code ?? "",
		httpCode: String(statusCode),
		...(itemIndex === undefined ? {} : { itemIndex }),
	});
}

/** All items of a list, or the first `limit`. */
export async function list(
	caller: Caller,
	path: string,
	qs: IDataObject,
	limit = Number.POSITIVE_INFINITY,
	itemIndex?: number,
): Promise<IDataObject[]> {
	const items: IDataObject[] = [];
	let cursor: string | null | undefined;
	do {
		const size = Math.min(100, limit - items.length);
		const page: Page | undefined = await call<Page>(caller, path, {
			qs: { ...qs, limit: size, ...(cursor ? { cursor } : {}) },
			...(itemIndex === undefined ? {} : { itemIndex }),
		});
		items.push(...(page?.items ?? []));
		cursor = page?.hasMore ? page.nextCursor : null;
	} while (cursor && items.length < limit);
	return items;
}
