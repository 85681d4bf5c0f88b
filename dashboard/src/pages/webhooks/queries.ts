// What the pages of a webhook read, and what they do to it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/preact-query";
import { api, ask } from "../../api.ts";
import type { Webhook } from "./state.tsx";

const LIVE_MS = 5_000;
const HOUR_MS = 3_600_000;
const STATS_STALE_MS = 60_000;

export const useWebhook = (id: string, live = true) =>
	useQuery({
		queryKey: ["webhook", id],
		queryFn: () => ask(api.GET("/webhooks/{id}", { params: { path: { id } } })),
		refetchInterval: live ? LIVE_MS : false,
	});

/** A delivery, read again each `live` milliseconds; with `untilAttempted` no longer than until its first attempt. */
export const useDelivery = (id: string, deliveryId: string, live: number, untilAttempted = false) =>
	useQuery({
		queryKey: ["delivery", id, deliveryId],
		queryFn: () =>
			ask(api.GET("/webhooks/{id}/deliveries/{deliveryId}", { params: { path: { id, deliveryId } } })),
		refetchInterval: ({ state }) => (untilAttempted && state.data?.attempts.length ? false : live),
		staleTime: 0,
	});

/** The beginning of the hour some hours ago, so that a minute later the same is asked. */
export const hoursAgo = (hours: number) =>
	new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS).toISOString();

/** A query for a webhook's hourly figures. */
export const statsQuery = (id: string, hours: number) => ({
	queryKey: ["stats", id, hours],
	queryFn: async () => {
		const query = { since: hoursAgo(hours) };
		return (await ask(api.GET("/webhooks/{id}/stats", { params: { path: { id }, query } }))).items;
	},
	staleTime: STATS_STALE_MS,
	refetchInterval: STATS_STALE_MS,
});

/** Changes a webhook, and lets every page know. */
export function useChange(id: string) {
	const client = useQueryClient();
	return useMutation({
		mutationFn: (body: { status: Webhook["status"] }) =>
			ask(api.PATCH("/webhooks/{id}", { params: { path: { id } }, body })),
		onSuccess: (saved) => {
			client.setQueryData(["webhook", id], saved);
			return client.invalidateQueries({ queryKey: ["webhooks"] });
		},
	});
}
