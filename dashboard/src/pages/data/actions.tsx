// What can be done with a record besides editing it: delete, restore, and the actions that only some resources have.
import { useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { NumberField } from "../../form/number-field.tsx";
import { useMutation } from "../../mutation.ts";
import { records } from "../../records.ts";
import { type Entry, nameOf, pathOf, type Resource, resourceAt } from "../../resources.ts";
import { navigate } from "../../router.tsx";
import { type Document, hasOperation } from "../../schema/document.ts";
import { Confirm, Dialog } from "../../ui/dialog.tsx";
import { ActionButton, ErrorNotice, errorAt } from "../../ui/feedback.tsx";
import { Checkbox, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import { listPath } from "./list-path.ts";

interface Props {
	readonly resource: Resource;
	readonly entry: Entry;
}

export function Actions({ resource, entry, document }: Props & { readonly document: Document }) {
	const { path } = resource;
	const has = (action: string) => hasOperation(document, "post", `/${path}/{id}/${action}`);
	if (entry.deletedAt) return has("restore") ? <Restore resource={resource} entry={entry} /> : null;
	return (
		<>
			{hasOperation(document, "delete", `/${path}/{id}`) ? (
				<Delete resource={resource} entry={entry} />
			) : null}
			{has("convert") && entry.convertedAt === null ? <Convert resource={resource} entry={entry} /> : null}
			{has("invoice") && entry.status !== "REJECTED" ? <Invoice resource={resource} entry={entry} /> : null}
			{has("void") && entry.status !== "VOID" && entry.status !== "PAID" ? (
				<Void resource={resource} entry={entry} />
			) : null}
			{has("payments") && Number(entry.dueTotal) > 0 ? <Pay resource={resource} entry={entry} /> : null}
		</>
	);
}

/** Runs an action, and then reads everything anew that it may have changed. */
function useAction<T>(action: () => Promise<T>, onDone: (result: T) => void) {
	const client = useQueryClient();
	return useMutation({
		mutationFn: action,
		onSuccess: async (result) => {
			onDone(result);
			await client.invalidateQueries({
				predicate: ({ queryKey }) => queryKey[0] === "data" || queryKey[0] === "head",
			});
		},
	});
}

function Restore({ resource, entry }: Props) {
	const restore = useAction(
		() => records.act(resource, entry, "restore"),
		() => {},
	);
	return (
		<>
			<ErrorNotice error={restore.error} />
			<ActionButton class="primary" busy={restore.isPending} onClick={() => restore.mutate()}>
				Restore
			</ActionButton>
		</>
	);
}

function Delete({ resource, entry }: Props) {
	const [asking, setAsking] = useState(false);
	const list = listPath(useQueryClient(), resource);
	const remove = useAction(
		() => records.remove(resource, entry),
		() => navigate(list),
	);
	return (
		<>
			<button type="button" class="danger-text" onClick={() => setAsking(true)}>
				Delete
			</button>
			{asking ? (
				<Confirm
					title={`Delete “${nameOf(resource, entry)}”?`}
					action={`Delete ${resource.noun}`}
					busy={remove.isPending}
					onConfirm={() => remove.mutate()}
					onClose={() => setAsking(false)}
				>
					<p>
						It can be restored: show deleted ones in the list. It is refused while other records refer to it.
					</p>
					<ErrorNotice error={remove.error} />
				</Confirm>
			) : null}
		</>
	);
}

interface Converted {
	readonly client: { readonly id: string };
}

function Convert({ resource, entry }: Props) {
	const [asking, setAsking] = useState(false);
	const [withDeal, setWithDeal] = useState(true);
	const [title, setTitle] = useState("");
	const convert = useAction(
		() => records.act<Converted>(resource, entry, "convert", withDeal ? { deal: { title } } : {}),
		({ client }) => navigate(`/data/clients/${client.id}`),
	);
	return (
		<>
			<button
				type="button"
				onClick={() => {
					setTitle(String(entry.title ?? entry.name));
					setAsking(true);
				}}
			>
				Convert
			</button>
			{asking ? (
				<Dialog title="Convert to a client" onClose={() => setAsking(false)}>
					<Form onSubmit={() => convert.mutate()}>
						<Checkbox label="Create a deal, too" checked={withDeal} onChange={setWithDeal} />
						{withDeal ? (
							<TextField
								label="Title of the deal"
								required
								value={title}
								onInput={setTitle}
								error={errorAt(convert.error, "deal.title")}
							/>
						) : null}
						<ErrorNotice error={convert.error} shown={["deal.title"]} />
						<footer>
							<ActionButton class="primary" busy={convert.isPending}>
								Convert lead
							</ActionButton>
						</footer>
					</Form>
				</Dialog>
			) : null}
		</>
	);
}

function Invoice({ resource, entry }: Props) {
	const invoices = resourceAt("invoices");
	const invoice = useAction(
		() => records.act(resource, entry, "invoice"),
		({ id }) => invoices && navigate(pathOf(invoices, id)),
	);
	return (
		<>
			<ErrorNotice error={invoice.error} />
			<ActionButton busy={invoice.isPending} onClick={() => invoice.mutate()}>
				Create invoice
			</ActionButton>
		</>
	);
}

function Void({ resource, entry }: Props) {
	const [asking, setAsking] = useState(false);
	const makeVoid = useAction(
		() => records.act(resource, entry, "void"),
		() => setAsking(false),
	);
	return (
		<>
			<button type="button" onClick={() => setAsking(true)}>
				Void
			</button>
			{asking ? (
				<Confirm
					title={`Void ${nameOf(resource, entry)}?`}
					action="Void invoice"
					busy={makeVoid.isPending}
					onConfirm={() => makeVoid.mutate()}
					onClose={() => setAsking(false)}
				>
					<p>Nothing is due on a void invoice. This can’t be undone.</p>
					<ErrorNotice error={makeVoid.error} />
				</Confirm>
			) : null}
		</>
	);
}

function Pay({ resource, entry }: Props) {
	const [asking, setAsking] = useState(false);
	const [amount, setAmount] = useState<number | null>(null);
	const [method, setMethod] = useState("");
	const pay = useAction(
		() => records.act(resource, entry, "payments", { amount, ...(method ? { method } : {}) }),
		() => setAsking(false),
	);
	return (
		<>
			<button
				type="button"
				onClick={() => {
					setAmount(Number(entry.dueTotal));
					setMethod("");
					setAsking(true);
				}}
			>
				Record payment
			</button>
			{asking ? (
				<Dialog title="Record a payment" onClose={() => setAsking(false)}>
					<Form
						onSubmit={() => {
							if (!Number.isNaN(amount)) pay.mutate();
						}}
					>
						<NumberField
							label="Amount"
							value={amount}
							onChange={setAmount}
							error={errorAt(pay.error, "amount")}
						/>
						<TextField
							label="Method"
							optional
							value={method}
							onInput={setMethod}
							error={errorAt(pay.error, "method")}
						/>
						<ErrorNotice error={pay.error} shown={["amount", "method"]} />
						<footer>
							<ActionButton class="primary" busy={pay.isPending}>
								Save payment
							</ActionButton>
						</footer>
					</Form>
				</Dialog>
			) : null}
		</>
	);
}
