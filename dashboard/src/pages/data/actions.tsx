// What can be done with a record besides editing it: delete, restore, and the actions that only some resources have.
import { useQueryClient } from "@tanstack/preact-query";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { NumberField } from "../../form/number-field.tsx";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { useOutdate } from "../../outdated.ts";
import { records } from "../../records.ts";
import { type Entry, nameOf, pathOf, type Resource, resourceAt } from "../../resources.ts";
import { useNavigate } from "../../router.tsx";
import { type Document, hasOperation } from "../../schema/document.ts";
import { Confirm, Dialog, DialogFooter } from "../../ui/dialog.tsx";
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
	const props = { resource, entry };
	if (entry.deletedAt) return has("restore") ? <Restore {...props} /> : null;
	return (
		<>
			{hasOperation(document, "delete", `/${path}/{id}`) ? (
				<Asked text="Delete" class="danger-text">
					{(onClose) => <Delete {...props} onClose={onClose} />}
				</Asked>
			) : null}
			{has("convert") && entry.convertedAt === null ? (
				<Asked text="Convert">{(onClose) => <Convert {...props} onClose={onClose} />}</Asked>
			) : null}
			{has("invoice") && entry.status !== "REJECTED" ? <Invoice {...props} /> : null}
			{has("void") && entry.status !== "VOID" && entry.status !== "PAID" ? (
				<Asked text="Void">{(onClose) => <Void {...props} onClose={onClose} />}</Asked>
			) : null}
			{has("payments") && Number(entry.dueTotal) > 0 ? (
				<Asked text="Record payment">{(onClose) => <Pay {...props} onClose={onClose} />}</Asked>
			) : null}
		</>
	);
}

interface AskedProps {
	/** The label of the button. */
	readonly text: string;
	readonly class?: string;
	/** Makes the dialog; what is begun in it ends when it is closed. */
	readonly children: (close: () => void) => JSX.Element;
}

/** A button that opens a dialog. */
function Asked({ text, children, ...rest }: AskedProps) {
	const [isOpen, setOpen] = useState(false);
	return (
		<>
			<button type="button" {...rest} onClick={() => setOpen(true)}>
				{text}
			</button>
			{isOpen ? children(() => setOpen(false)) : null}
		</>
	);
}

/** Does `onDone`, and then reads everything anew that an action may have changed. */
function useDone<T>(onDone: (result: T) => void) {
	const outdate = useOutdate();
	return async (result: T) => {
		onDone(result);
		await outdate();
	};
}

/** An action of a record, which is given its body, if it has one. */
function useAction<T = Entry>({ resource, entry }: Props, action: string, onDone: (result: T) => void) {
	const act = useOnce((body: object | null, { header }) =>
		records.act<T>(resource, entry, action, body, header["Idempotency-Key"]),
	);
	return useMutation({ mutationFn: (body: object | null) => act(body), onSuccess: useDone(onDone) });
}

function Restore(props: Props) {
	const restore = useAction(props, "restore", () => {});
	return (
		<>
			<ErrorNotice error={restore.error} />
			<ActionButton class="primary" busy={restore.isPending} onClick={() => restore.mutate(null)}>
				Restore
			</ActionButton>
		</>
	);
}

interface DialogProps extends Props {
	readonly onClose: () => void;
}

function Delete({ resource, entry, onClose }: DialogProps) {
	const list = listPath(useQueryClient(), resource);
	const navigate = useNavigate();
	const remove = useMutation({
		mutationFn: () => records.remove(resource, entry),
		onSuccess: useDone(() => navigate(list)),
	});
	return (
		<Confirm
			title={`Delete “${nameOf(resource, entry)}”?`}
			action={`Delete ${resource.noun}`}
			busy={remove.isPending}
			onConfirm={() => remove.mutate()}
			onClose={onClose}
		>
			<p>It can be restored: show deleted ones in the list. It is refused while other records refer to it.</p>
			<ErrorNotice error={remove.error} />
		</Confirm>
	);
}

interface Converted {
	readonly client: { readonly id: string };
}

function Convert({ onClose, ...props }: DialogProps) {
	const [withDeal, setWithDeal] = useState(true);
	const [proposed] = useState(String(props.entry.title ?? props.entry.name));
	const [title, setTitle] = useState(proposed);
	const navigate = useNavigate();
	const convert = useAction<Converted>(props, "convert", ({ client }) =>
		navigate(`/data/clients/${client.id}`),
	);
	return (
		<Dialog title="Convert to a client" onClose={onClose}>
			<Form unsaved={title !== proposed} onSubmit={() => convert.mutate(withDeal ? { deal: { title } } : {})}>
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
				<DialogFooter action="Convert lead" busy={convert.isPending} onClose={onClose} />
			</Form>
		</Dialog>
	);
}

function Invoice(props: Props) {
	const invoices = resourceAt("invoices");
	const navigate = useNavigate();
	const invoice = useAction(props, "invoice", ({ id }) => invoices && navigate(pathOf(invoices, id)));
	return (
		<>
			<ErrorNotice error={invoice.error} />
			<ActionButton busy={invoice.isPending} onClick={() => invoice.mutate(null)}>
				Create invoice
			</ActionButton>
		</>
	);
}

function Void({ onClose, ...props }: DialogProps) {
	const makeVoid = useAction(props, "void", onClose);
	return (
		<Confirm
			title={`Void ${nameOf(props.resource, props.entry)}?`}
			action="Void invoice"
			busy={makeVoid.isPending}
			onConfirm={() => makeVoid.mutate(null)}
			onClose={onClose}
		>
			<p>Nothing is due on a void invoice. This can’t be undone.</p>
			<ErrorNotice error={makeVoid.error} />
		</Confirm>
	);
}

function Pay({ onClose, ...props }: DialogProps) {
	// What is due when it is opened.
	const [due] = useState(Number(props.entry.dueTotal));
	const [amount, setAmount] = useState<number | null>(due);
	const [method, setMethod] = useState("");
	const pay = useAction(props, "payments", onClose);
	return (
		<Dialog title="Record a payment" onClose={onClose}>
			<Form
				unsaved={amount !== due || method !== ""}
				onSubmit={() => {
					if (!Number.isNaN(amount)) pay.mutate({ amount, ...(method ? { method } : {}) });
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
				<DialogFooter action="Save payment" busy={pay.isPending} onClose={onClose} />
			</Form>
		</Dialog>
	);
}
