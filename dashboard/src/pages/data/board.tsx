// Deals as a board: one column for each stage of a pipeline. A deal moves by dragging it, or by choosing its stage.
import { useMutation, useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { api, ask, type Schemas } from "../../api.ts";
import { money } from "../../format.ts";
import { readAll, usePages } from "../../paging.ts";
import { href } from "../../router.tsx";
import { useMay } from "../../session.tsx";
import { Empty, Failure, Loaded } from "../../ui/feedback.tsx";
import { SelectField } from "../../ui/field.tsx";
import { Heading } from "../../ui/layout.tsx";
import { More } from "../../ui/table.tsx";
import { Badge } from "../../ui/text.tsx";
import { DataTabs } from "./browse.tsx";

type Deal = Schemas["Deal"];
type Pipeline = Schemas["Pipeline"];
type Stage = Pipeline["stages"][number];

const PAGE = 100;
const tones = { WON: "good", LOST: "bad", ACTIVE: "quiet" } as const;

export function Board() {
	const pipelines = useQuery({
		queryKey: ["pipelines"],
		queryFn: () =>
			readAll<Pipeline>((cursor) =>
				ask(api.GET("/pipelines", { params: { query: { limit: 100, ...cursor } } })),
			),
	});
	const [picked, setPicked] = useState("");
	return (
		<>
			<Heading title="Data" about="Drag a deal to another stage, or choose the stage on its card." />
			<DataTabs current="board" />
			<Loaded query={pipelines}>
				{(found) => {
					const pipeline =
						found.find(({ id }) => id === picked) ?? found.find(({ isDefault }) => isDefault) ?? found[0];
					if (!pipeline)
						return (
							<Empty title="No pipelines yet">
								<p>
									Create one with <code>POST /api/v1/pipelines</code>.
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
			</Loaded>
		</>
	);
}

function Stages({ pipeline }: { pipeline: Pipeline }) {
	const key = ["data", "deals", "list", "board", pipeline.id];
	const deals = usePages<Deal>(key, (cursor) =>
		ask(api.GET("/deals", { params: { query: { pipelineId: [pipeline.id], limit: PAGE, ...cursor } } })),
	);
	const client = useQueryClient();
	const move = useMutation({
		mutationFn: ({ deal: { id, version }, stageId }: { deal: Deal; stageId: string }) =>
			ask(
				api.PATCH("/deals/{id}", {
					params: { path: { id }, header: { "If-Match": `"${version}"` } },
					body: { stageId },
				}),
			),
		// Refused or not, what is stored is what counts.
		onSettled: () => client.invalidateQueries({ queryKey: ["data", "deals"] }),
	});
	const mayWrite = useMay("deals:write");
	const [over, setOver] = useState<string | null>(null);
	// While a move is on its way its card stands where it is going.
	const moving = move.isPending ? move.variables : null;
	const stageOf = (deal: Deal) => (deal.id === moving?.deal.id ? moving.stageId : deal.stageId);
	const stages = pipeline.stages.toSorted((one, other) => one.position - other.position);
	return (
		<Loaded query={{ ...deals, data: deals.items }}>
			{(items) => (
				<>
					<Failure error={move.error} />
					{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
					<div class="board" tabIndex={0}>
						{stages.map((stage) => {
							const held = items.filter((deal) => stageOf(deal) === stage.id);
							return (
								<section
									key={stage.id}
									aria-label={stage.name}
									class={over === stage.id ? "over" : ""}
									onDragOver={(event) => {
										event.preventDefault();
										setOver(stage.id);
									}}
									onDragLeave={() => setOver(null)}
									onDrop={(event) => {
										event.preventDefault();
										setOver(null);
										const deal = items.find(({ id }) => id === event.dataTransfer?.getData("text/plain"));
										if (deal && deal.stageId !== stage.id) move.mutate({ deal, stageId: stage.id });
									}}
								>
									<StageHead stage={stage} deals={held} />
									{held.map((deal) => (
										<Card
											key={deal.id}
											deal={deal}
											stage={stage}
											stages={stages}
											fixed={!mayWrite || move.isPending}
											onMove={(stageId) => move.mutate({ deal, stageId })}
										/>
									))}
								</section>
							);
						})}
					</div>
					<More {...deals} />
				</>
			)}
		</Loaded>
	);
}

function StageHead({ stage, deals }: { stage: Stage; deals: readonly Deal[] }) {
	const sums = Map.groupBy(deals, ({ currency }) => currency);
	const total = [...sums].map(([currency, held]) =>
		money(
			held.reduce((sum, { price }) => sum + (price ?? 0), 0),
			currency,
		),
	);
	return (
		<header>
			<h2>{stage.name}</h2>
			<Badge tone={tones[stage.type]}>{deals.length}</Badge>
			<span class="soft">{total.join(" + ")}</span>
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
			onDragStart={({ dataTransfer }) => dataTransfer?.setData("text/plain", deal.id)}
		>
			<a href={href(`/data/deals/${deal.id}`)} draggable={false}>
				{deal.title}
			</a>
			<span class="price">{deal.price === null ? "–" : money(deal.price, deal.currency)}</span>
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
