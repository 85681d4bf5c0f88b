// Who is signed in, and what they may do.
import { MutationCache, QueryCache, QueryClient, useQuery, useQueryClient } from "@tanstack/preact-query";
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { ApiError, currentSession, type Session, signOut } from "./api.ts";

const KEY = ["session"];
const STALE_MS = 10_000;

/** A session that has ended shows the sign-in page, whatever asked first. */
function ended(error: unknown): void {
	if (error instanceof ApiError && error.status === 401) queries.setQueryData(KEY, null);
}

/** Only what may pass by itself is tried again: no answer, and faults of the server. */
const passing = (error: unknown) => error instanceof ApiError && (error.status === 0 || error.status >= 500);

export const queries = new QueryClient({
	queryCache: new QueryCache({ onError: ended }),
	mutationCache: new MutationCache({ onError: ended }),
	defaultOptions: {
		queries: { staleTime: STALE_MS, retry: (failures, error) => failures < 2 && passing(error) },
		mutations: { retry: false },
	},
});

export const useCurrentSession = () =>
	useQuery({ queryKey: KEY, queryFn: currentSession, staleTime: Number.POSITIVE_INFINITY });

export const SessionContext = createContext<Session>({ organizationId: "", keyId: "", scopes: [] });
export const useSession = () => useContext(SessionContext);

/** Whether the session's key has a scope, so that what it may not do isn't offered. */
export function useMay(scope: string): boolean {
	const verb = scope.slice(scope.indexOf(":") + 1);
	return useSession().scopes.some((held) => held === scope || held === "*" || held === `*:${verb}`);
}

/** Begins or ends what the page shows; nothing of one session is left in the next. */
export function useSessionChange() {
	const client = useQueryClient();
	const change = (session: Session | null) => {
		client.setQueryData(KEY, session);
		client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
	};
	return {
		begin: change,
		end: async () => {
			await signOut();
			change(null);
		},
	};
}
