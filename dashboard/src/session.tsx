// The session and its scopes.
import { type Query, QueryClient, skipToken, useQuery, useQueryClient } from "@tanstack/preact-query";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { currentSession, onSessionEnd, type Session, signOut } from "./api.ts";
import { isRetried, retryDelayMs } from "./retries.ts";

const KEY = ["session"];
const STALE_MS = 10_000;

/** Why the session ended, shown while the reader signs in again; the page stays unchanged. */
const ENDED = ["ended"];

export const queries = new QueryClient({
	defaultOptions: {
		queries: {
			staleTime: STALE_MS,
			retry: isRetried,
			retryDelay: retryDelayMs,
			// Without a network a request fails at once and the failure is shown; it isn't queued for later.
			networkMode: "always",
			refetchOnReconnect: true,
		},
		mutations: { retry: false, networkMode: "always" },
	},
});

onSessionEnd((message) => queries.setQueryData(ENDED, message));

export const useCurrentSession = () =>
	useQuery({ queryKey: KEY, queryFn: currentSession, staleTime: Number.POSITIVE_INFINITY });

/** Why the session has ended, or null. */
export const useSessionEnd = () =>
	useQuery<string | null>({ queryKey: ENDED, queryFn: skipToken, initialData: null }).data;

export const SessionContext = createContext<Session>({ organizationId: "", keyId: "", scopes: [] });
export const useSession = () => useContext(SessionContext);

export function hasScope({ scopes }: Session, scope: string): boolean {
	const verb = scope.slice(scope.indexOf(":") + 1);
	return scopes.some((held) => held === scope || held === "*" || held === `*:${verb}`);
}

/** Whether the session's key has a scope; the page hides actions that are not allowed. */
export const useHasScope = (scope: string) => hasScope(useSession(), scope);

/** Starts or ends the session of the page; data of another organization is removed, that of the same one is refreshed. */
export function useSessionChange() {
	const client = useQueryClient();
	const change = (session: Session | null) => {
		const before = client.getQueryData<Session | null>(KEY);
		client.setQueryData(KEY, session);
		client.setQueryData(ENDED, null);
		// The session itself isn't read again: another tab may have begun another one.
		const ofOrganization = {
			predicate: ({ queryKey: [first] }: Query) => first !== KEY[0] && first !== ENDED[0],
		};
		if (session && before?.organizationId === session.organizationId)
			void client.invalidateQueries(ofOrganization);
		else client.removeQueries(ofOrganization);
	};
	return {
		begin: change,
		/** Ends the session on the page after the server has ended it. */
		forget: () => change(null),
		end: async () => {
			await signOut();
			change(null);
		},
	};
}
