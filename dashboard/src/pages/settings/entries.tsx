// A settings list whose entries are renamed, added and deleted one by one.
import { useQuery, useQueryClient } from "@tanstack/preact-query";
import { useState } from "preact/hooks";
import { useChanges } from "../../form/changes.ts";
import { Clashes } from "../../form/clashes.tsx";
import { LoadLatest } from "../../form/load-latest.tsx";
import { fieldLabel } from "../../format.ts";
import { useMutation } from "../../mutation.ts";
import { useOnce } from "../../once.ts";
import { useOutdate } from "../../outdated.ts";
import { useHasScope } from "../../session.tsx";
import { Confirm } from "../../ui/dialog.tsx";
import { ActionButton, Empty, ErrorNotice, QueryResult } from "../../ui/feedback.tsx";
import { SelectField, TextField } from "../../ui/field.tsx";
import { Form } from "../../ui/form.tsx";
import type { List, ListEntry } from "./lists.ts";

const inOrder = (one: ListEntry, other: ListEntry) => one.position - other.position;

export function EntryList({ list }: { list: List }) {
	const entries = useQuery({ queryKey: [list.path], queryFn: () => list.read() });
	const mayWrite = useHasScope(`${list.path}:write`);
	return (
		<QueryResult query={entries}>
			{(found) => (
				<>
					{found.length === 0 ? <Empty title="None yet" /> : null}
					<ul class="entries" aria-label={fieldLabel(list.path)}>
						{found.toSorted(inOrder).map((entry) => (
							<Entry key={entry.id} list={list} entry={entry} mayWrite={mayWrite} />
						))}
					</ul>
					{mayWrite ? (
						<NewEntry list={list} position={Math.max(0, ...found.map((one) => one.position)) + 1} />
					) : null}
				</>
			)}
		</QueryResult>
	);
}

/** Reads a list again; returns its entries. */
function useReread({ path }: List) {
	const client = useQueryClient();
	const outdate = useOutdate();
	return async (options: { readonly throwOnError?: boolean } = {}) => {
		await outdate(options);
		return client.getQueryData<readonly ListEntry[]>([path]) ?? [];
	};
}

function Entry({ list, entry, mayWrite }: { list: List; entry: ListEntry; mayWrite: boolean }) {
	const changes = useChanges(entry);
	const { isChanged } = changes;
	const { name } = changes.values;
	const [deleting, setDeleting] = useState(false);
	const reread = useReread(list);
	const rename = useMutation({
		mutationFn: (typed: string) => list.rename(changes.base, typed),
		onSuccess: async (stored, typed) => {
			await reread();
			changes.saved({ name: typed }, { ...entry, ...stored });
		},
	});
	// After a refusal, too: the list then shows what somebody else has made of it.
	const remove = useMutation({ mutationFn: () => list.remove(entry), onSettled: () => reread() });
	const kind = entry.type ? <span class="soft">{fieldLabel(entry.type)}</span> : null;
	if (!mayWrite)
		return (
			<li>
				{entry.name} {kind}
			</li>
		);
	return (
		<li>
			<Form unsaved={isChanged} onSubmit={() => rename.mutate(name)}>
				<input
					aria-label={`Name of ${entry.name}`}
					value={name}
					required
					onInput={({ currentTarget }) => changes.set(() => ({ name: currentTarget.value }))}
				/>
				{kind}
				{isChanged ? (
					<ActionButton class="small primary" busy={rename.isPending}>
						Save name
					</ActionButton>
				) : null}
				<button
					type="button"
					class="small danger-text"
					aria-label={`Delete ${entry.name}`}
					onClick={() => setDeleting(true)}
				>
					Delete
				</button>
			</Form>
			<Clashes labels={changes.clashes.map(fieldLabel)} />
			<ErrorNotice error={rename.error} />
			<LoadLatest
				save={rename}
				read={async () => (await reread({ throwOnError: true })).find(({ id }) => id === entry.id)}
				changes={changes}
			/>
			{deleting ? (
				<Confirm
					title={`Delete “${entry.name}”?`}
					action={`Delete ${list.one}`}
					busy={remove.isPending}
					onConfirm={() => remove.mutate()}
					onClose={() => setDeleting(false)}
				>
					<p>New leads can’t use it any more. It is refused while leads still do.</p>
					<ErrorNotice error={remove.error} />
				</Confirm>
			) : null}
		</li>
	);
}

function NewEntry({ list, position }: { list: List; position: number }) {
	const [name, setName] = useState("");
	const [type, setType] = useState(list.types[2] ?? "");
	const reread = useReread(list);
	const post = useOnce(list.create);
	const create = useMutation({
		mutationFn: () => post({ name, type, position }),
		onSuccess: () => {
			setName("");
			return reread();
		},
	});
	return (
		<Form class="new-entry" unsaved={name !== ""} onSubmit={() => create.mutate()}>
			<TextField label={`New ${list.one}`} required value={name} onInput={setName} />
			{list.types.length > 0 ? (
				<SelectField
					label="What it means"
					value={type}
					options={list.types.map((value) => ({ value, text: fieldLabel(value) }))}
					onChange={setType}
				/>
			) : null}
			<ActionButton busy={create.isPending}>{`Add ${list.one}`}</ActionButton>
			<ErrorNotice error={create.error} />
		</Form>
	);
}
