// Who is signed in, and what they may do.
import {
	MutationCache,
	QueryCache,
	QueryClient,
	skipToken,
	useQuery,
	useQueryClient,
} from "@tanstack/preact-query";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { ApiError, currentSession, type Session, signOut } from "./api.ts";
import { keepFocus } from "./focus.ts";

const KEY = ["session"];
const STALE_MS = 10_000;

/** Why the session ended, for whoever has to sign in again; its page stays as it is meanwhile. */
const ENDED = ["ended"];

function ended(error: unknown): void {
	if (error instanceof ApiError && error.status === 401) queries.setQueryData(ENDED, error.message);
}

/** Only what may pass by itself is tried again: no answer, and faults of the server. */
const passing = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 500);

export const queries = new QueryClient({
	queryCache: new QueryCache({ onError: ended }),
	mutationCache: new MutationCache({ onError: ended, onSettled: keepFocus }),
	defaultOptions: {
		queries: {
			staleTime: STALE_MS,
			retry: (failures, error) => failures < 2 && passing(error),
			// Without a network a request fails at once and is seen to; it isn't kept to be sent at some other time.
			networkMode: "always",
			refetchOnReconnect: true,
		},
		mutations: { retry: false, networkMode: "always" },
	},
});

export const useCurrentSession = () =>
	useQuery({ queryKey: KEY, queryFn: currentSession, staleTime: Number.POSITIVE_INFINITY });

/** Why the session has ended, or null while it goes on. */
export const useEnded = () =>
	useQuery<string | null>({ queryKey: ENDED, queryFn: skipToken, initialData: null }).data;

export const SessionContext = createContext<Session>({ organizationId: "", keyId: "", scopes: [] });
export const useSession = () => useContext(SessionContext);

/** Whether the session's key has a scope, so that what it may not do isn't offered. */
export function useMay(scope: string): boolean {
	const verb = scope.slice(scope.indexOf(":") + 1);
	return useSession().scopes.some((held) => held === scope || held === "*" || held === `*:${verb}`);
}

/** Begins or ends what the page shows; nothing of one organization is left in the next. */
export function useSessionChange() {
	const client = useQueryClient();
	const change = (session: Session | null) => {
		const before = client.getQueryData<Session | null>(KEY);
		client.setQueryData(KEY, session);
		client.setQueryData(ENDED, null);
		if (session && before?.organizationId === session.organizationId) void client.invalidateQueries();
		else
			client.removeQueries({ predicate: ({ queryKey: [first] }) => first !== KEY[0] && first !== ENDED[0] });
	};
	return {
		begin: change,
		/** For a session that is no more. */
		forget: () => change(null),
		end: async () => {
			await signOut();
			change(null);
		},
	};
}
