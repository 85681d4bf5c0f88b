/** Says what would be lost by saving, because somebody else has changed it, too. */
export const Clashes = ({ labels }: { labels: readonly string[] }) =>
	labels.length > 0 ? (
		<p class="notice bad" role="alert">
			Somebody else has changed this, too: <strong>{labels.join(", ")}</strong>. Saving replaces it with what
			you see here.
		</p>
	) : null;
