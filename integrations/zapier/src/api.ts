// Calls of Leadwire's API, and what its errors mean to Zapier.
import type { AfterResponseMiddleware, BeforeRequestMiddleware, Bundle, ZObject } from "zapier-platform-core";

/** A record as the API shows it. */
export type Row = Readonly<Record<string, unknown>> & { readonly id: string };

export interface Page {
	readonly items: readonly Row[];
	readonly nextCursor: string | null;
	readonly hasMore: boolean;
}

interface Call {
	readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
	readonly body?: object;
	readonly params?: Readonly<Record<string, unknown>>;
	/** Statuses that are an answer and no error. */
	readonly expected?: readonly number[];
}

/** The address of the API, with or without `/api/v1` and a slash at its end. */
export function addressOf(bundle: Bundle): string {
	return String(bundle.authData.url)
		.trim()
		.replace(/(\/api\/v1)?\/*$/, "");
}

/**
 * Calls the API.
 * @param path what follows `/api/v1/`
 * @returns the status and the body, of type T
 */
export async function call<T>(z: ZObject, bundle: Bundle, path: string, request: Call = {}) {
	const { method = "GET", body, params, expected = [] } = request;
	const response = await z.request<T>({
		url: `${addressOf(bundle)}/api/v1/${path}`,
		method,
		...(body ? { body: { ...body } } : {}),
		...(params ? { params: { ...params } } : {}),
		removeMissingValuesFrom: { params: true },
		skipThrowForStatus: true,
	});
	if (response.status >= 400 && !expected.includes(response.status)) throw errorOf(z, response);
	return { status: response.status, data: response.data };
}

export const withKey: BeforeRequestMiddleware = (request, _z, bundle) => {
	const key = bundle?.authData.apiKey;
	return key ? { ...request, headers: { ...request.headers, "x-api-key": String(key) } } : request;
};

/** Each call says itself which statuses are errors, so that their messages name the field at fault. */
export const withoutThrowing: AfterResponseMiddleware = (response) => {
	response.skipThrowForStatus = true;
	return response;
};

interface ErrorBody {
	readonly code?: string;
	readonly message?: string;
	readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

function errorOf(
	z: ZObject,
	{ status, data, getHeader }: { status: number; data: unknown; getHeader(name: string): string | undefined },
): Error {
	const {
		code = "UNKNOWN",
		message = `Leadwire answered ${status}.`,
		errors = [],
	} = (data ?? {}) as ErrorBody;
	const text = errors.length > 0 ? errors.map((one) => `${one.path}: ${one.message}`).join(" ") : message;
	// Zapier runs the step again after so many seconds.
	if (status === 429 || status === 503)
		return new z.errors.ThrottledError(text, Number(getHeader("retry-after") ?? 60));
	if (status === 401) return new z.errors.ExpiredAuthError(text);
	return new z.errors.Error(text, code, status);
}
