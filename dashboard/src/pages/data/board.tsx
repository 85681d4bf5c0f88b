// Deals as a board with a column for each stage of a pipeline. A deal is moved by dragging it or by choosing its stage.
import { useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, callApi, type Schemas } from "../../api.ts";
import { formatMoney, formatNumber } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { readAll, usePages } from "../../paging.ts";
import { href } from "../../router.tsx";
import { useHasScope } from "../../session.tsx";
import { Empty, ErrorNotice, QueryResult } from "../../ui/feedback.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Heading } from "../../ui/layout.tsx";
import { LoadMore } from "../../ui/paged-list.tsx";
import { Badge } from "../../ui/text.tsx";
import { ListTabs } from "./browse.tsx";

type Deal = Schemas["Deal"];
type Pipeline = Schemas["Pipeline"];
type Stage = Pipeline["stages"][number];

const PAGE = 25;
const tones = { WON: "good", LOST: "bad", ACTIVE: "quiet" } as const;

export function Board() {
	const pipelines = useQuery({
		queryKey: ["pipelines"],
		queryFn: () =>
			readAll<Pipeline>((cursor) =>
				callApi(api.GET("/pipelines", { params: { query: { limit: 100, ...cursor } } })),
			),
	});
	const [picked, setPicked] = useState("");
	return (
		<>
			<Heading title="Data" about="Drag a deal to another stage, or choose the stage on its card." />
			<ListTabs group="data" current="board" />
			<QueryResult query={pipelines}>
				{(found) => {
					const pipeline =
						found.find(({ id }) => id === picked) ?? found.find(({ isDefault }) => isDefault) ?? found[0];
					if (!pipeline)
						return (
							<Empty title="No pipelines yet">
								<p>
									<a href={href("/settings/pipelines/new")}>Create one</a> with the stages that your deals go
									through.
								</p>
							</Empty>
						);
					return (
						<>
							{found.length > 1 ? (
								<div class="filters">
									<SelectField
										label="Pipeline"
										value={pipeline.id}
										options={found.map(({ id, name }) => ({ value: id, text: name }))}
										onChange={setPicked}
									/>
								</div>
							) : null}
							<Stages key={pipeline.id} pipeline={pipeline} />
						</>
					);
				}}
			</QueryResult>
		</>
	);
}

interface Move {
	readonly deal: Deal;
	readonly stageId: string;
}

function Stages({ pipeline }: { pipeline: Pipeline }) {
	const totals = useQuery({
		queryKey: ["data", "deals", "totals", pipeline.id],
		queryFn: async () =>
			(await callApi(api.GET("/deals/totals", { params: { query: { pipelineId: pipeline.id } } }))).items,
	});
	const client = useQueryClient();
	const move = useMutation({
		mutationFn: ({ deal: { id, version }, stageId }: Move) =>
			callApi(
				api.PATCH("/deals/{id}", {
					params: { path: { id }, header: { "If-Match": `"${version}"` } },
					body: { stageId },
				}),
			),
		// Reads the stored state again, whether or not the move was refused. The other columns have not changed.
		onSettled: (_, __, { deal, stageId }) =>
			client.invalidateQueries({
				predicate: ({ queryKey: [kind, path, part, stage] }) =>
					kind === "data" &&
					path === "deals" &&
					(part !== "board" || [deal.stageId, stageId].includes(String(stage))),
			}),
	});
	const stages = pipeline.stages.toSorted((one, other) => one.position - other.position);
	return (
		<>
			<ErrorNotice error={move.error} />
			<ErrorNotice error={totals.error} />
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
			<div class="board" tabIndex={0}>
				{stages.map((stage) => (
					<StageColumn
						key={stage.id}
						stage={stage}
						stages={stages}
						totals={totals.data?.find(({ stageId }) => stageId === stage.id)}
						moving={move.isPending ? move.variables : null}
						onMove={move.mutate}
					/>
				))}
			</div>
		</>
	);
}

const listKey = (stageId: string) => ["data", "deals", "board", stageId];

/** The dragged deal: a drop event only carries text. */
let dragged: Deal | null = null;

/** The kind of text that a card carries. Links, files and texts are dragged, too, and have none of it. */
const CARD = "application/x-leadwire-deal";

const isCard = ({ dataTransfer }: DragEvent) =>
	dragged !== null && (dataTransfer?.types.includes(CARD) ?? false);

interface ColumnProps {
	readonly stage: Stage;
	readonly stages: readonly Stage[];
	readonly totals: Schemas["StageTotals"] | undefined;
	readonly moving: Move | null;
	readonly onMove: (move: Move) => void;
}

/** A stage with a list of its own, so that its deals are shown however many other stages have. */
function StageColumn({ stage, stages, totals, moving, onMove }: ColumnProps) {
	const deals = usePages<Deal>(listKey(stage.id), (cursor) =>
		callApi(api.GET("/deals", { params: { query: { stageId: [stage.id], limit: PAGE, ...cursor } } })),
	);
	const mayWrite = useHasScope("deals:write");
	const [over, setOver] = useState(false);
	// During a move the card is already shown in the new stage.
	const arriving = moving?.stageId === stage.id ? [moving.deal] : [];
	return (
		<section
			aria-label={stage.name}
			class={over ? "over" : ""}
			onDragOver={(event) => {
				if (!isCard(event)) return;
				event.preventDefault();
				setOver(true);
			}}
			onDragLeave={() => setOver(false)}
			onDrop={(event) => {
				if (!isCard(event)) return;
				event.preventDefault();
				setOver(false);
				if (dragged && dragged.stageId !== stage.id) onMove({ deal: dragged, stageId: stage.id });
			}}
		>
			<StageHead stage={stage} totals={totals} />
			<QueryResult query={{ ...deals, data: deals.items }}>
				{(items) =>
					[...arriving, ...items.filter(({ id }) => id !== moving?.deal.id)].map((deal) => (
						<Card
							key={deal.id}
							deal={deal}
							stage={stage}
							stages={stages}
							fixed={!mayWrite || moving !== null}
							onMove={(stageId) => onMove({ deal, stageId })}
						/>
					))
				}
			</QueryResult>
			<LoadMore {...deals} />
		</section>
	);
}

/** A stage's name, with the number and value of all its deals, not only of those shown. */
function StageHead({ stage, totals }: { stage: Stage; totals: Schemas["StageTotals"] | undefined }) {
	return (
		<header>
			<h2>{stage.name}</h2>
			<Badge tone={tones[stage.type]}>
				{totals ? `${formatNumber(totals.count)}${totals.isExact ? "" : " or more"}` : "…"}
			</Badge>
			<span class="soft">
				{totals?.sums.map(({ currency, value }) => formatMoney(value, currency)).join(" + ")}
			</span>
		</header>
	);
}

interface CardProps {
	readonly deal: Deal;
	readonly stage: Stage;
	readonly stages: readonly Stage[];
	readonly fixed: boolean;
	readonly onMove: (stageId: string) => void;
}

function Card({ deal, stage, stages, fixed, onMove }: CardProps) {
	return (
		<article
			draggable={!fixed}
			onDragStart={({ dataTransfer }) => {
				dataTransfer?.setData(CARD, deal.id);
				dragged = deal;
			}}
			onDragEnd={() => {
				dragged = null;
			}}
		>
			<a href={href(`/data/deals/${deal.id}`)} draggable={false}>
				{deal.title}
			</a>
			<span class="price">{deal.price === null ? "–" : formatMoney(deal.price, deal.currency)}</span>
			<select
				aria-label={`Stage of ${deal.title}`}
				value={stage.id}
				disabled={fixed}
				onChange={({ currentTarget }) => onMove(currentTarget.value)}
			>
				{stages.map(({ id, name }) => (
					<option key={id} value={id}>
						{name}
					</option>
				))}
			</select>
		</article>
	);
}
