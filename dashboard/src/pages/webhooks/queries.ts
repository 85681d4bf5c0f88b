// Queries and mutations of the webhook pages.
import { useQuery, useQueryClient } from "@tanstack/preact-query";
import { api, callApi } from "../../api.ts";
import { useMutation } from "../../mutation.ts";
import type { Webhook } from "./state.tsx";

const LIVE_MS = 5_000;
const HOUR_MS = 3_600_000;
const STATS_STALE_MS = 2_000;
const STATS_LIVE_MS = 30_000;

export const useWebhook = (id: string, live = true) =>
	useQuery({
		queryKey: ["webhook", id],
		queryFn: () => callApi(api.GET("/webhooks/{id}", { params: { path: { id } } })),
		refetchInterval: live ? LIVE_MS : false,
		...(live ? { retry: false } : {}),
	});

const MAX_POLL_MS = 5_000;

/** A delivery, refreshed every `live` ms; with `untilAttempted` at growing intervals, until its first attempt. */
export const useDelivery = (id: string, deliveryId: string, live: number, untilAttempted = false) =>
	useQuery({
		queryKey: ["delivery", id, deliveryId],
		queryFn: () =>
			callApi(api.GET("/webhooks/{id}/deliveries/{deliveryId}", { params: { path: { id, deliveryId } } })),
		refetchInterval: ({ state }) => {
			if (!untilAttempted) return live;
			return state.data?.attempts.length
				? false
				: Math.min(live * 2 ** Math.floor(state.dataUpdateCount / 4), MAX_POLL_MS);
		},
		staleTime: 0,
		retry: false,
	});

/** The start of the hour some hours ago, so that a query a minute later is the same. */
export const hoursAgo = (hours: number) =>
	new Date(Math.floor(Date.now() / HOUR_MS) * HOUR_MS - hours * HOUR_MS).toISOString();

const statsTimes = { staleTime: STATS_STALE_MS, refetchInterval: STATS_LIVE_MS };

/** A query for a webhook's hourly figures. */
export const statsQuery = (id: string, hours: number) => ({
	queryKey: ["stats", id, hours],
	queryFn: () => {
		const query = { since: hoursAgo(hours) };
		return callApi(api.GET("/webhooks/{id}/stats", { params: { path: { id }, query } }));
	},
	...statsTimes,
});

/** A query for the hourly figures of all webhooks. */
export const allStatsQuery = (hours: number) => ({
	queryKey: ["stats", "all", hours],
	queryFn: () => callApi(api.GET("/webhooks/stats", { params: { query: { since: hoursAgo(hours) } } })),
	...statsTimes,
});

/** Handles a changed webhook: shows it and refreshes the queries that depend on it. */
function useChanged(id: string) {
	const client = useQueryClient();
	return (saved: Webhook) => {
		client.setQueryData(["webhook", id], saved);
		void client.invalidateQueries({ queryKey: ["head", "deliveries", id] });
		return client.invalidateQueries({ queryKey: ["head", "webhooks"] });
	};
}

/** Changes a webhook and updates every page. */
export const useWebhookUpdate = (id: string) =>
	useMutation({
		mutationFn: (body: { status: Webhook["status"] }) =>
			callApi(api.PATCH("/webhooks/{id}", { params: { path: { id } }, body })),
		onSuccess: useChanged(id),
	});

/** Resumes a paused webhook, so that its waiting deliveries are sent now. */
export const useResume = (id: string) =>
	useMutation({
		mutationFn: () => callApi(api.POST("/webhooks/{id}/resume", { params: { path: { id } } })),
		onSuccess: useChanged(id),
	});
