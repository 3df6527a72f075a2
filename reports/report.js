// Search, filters, sorting, and tables in pages.  The report is complete without them: this
// runs in the head, and hides behind a class what it will page, before that is laid out.
"use strict";

document.documentElement.classList.add("scripted");

document.addEventListener("DOMContentLoaded", () => {
	const page = 500; // rows that are shown at first; browsers are slow at very long tables
	const { compare } = new Intl.Collator("en", { numeric: true });

	// What a row is sorted by in a column: a time or rank that the cell carries, else its text.
	const keyOf = (row, column) => {
		const cell = row.cells[column];
		const time = cell.querySelector("time");

		return time ? time.dateTime : cell.dataset.sort || cell.textContent;
	};

	// A table whose rows can be sorted, chosen by `wanted`, and shown a page at a time.
	class Rows {
		constructor(table) {
			this.table = table;
			this.rows = Array.from(table.querySelectorAll("tbody > tr"));
			this.wanted = () => true;
			this.limit = page;
			this.more = document.createElement("button");
			this.more.type = "button";
			this.more.className = "more";
			this.more.addEventListener("click", () => {
				this.limit = Infinity;
				this.show();
			});
			table.after(this.more);
			this.makeHeadings();
		}

		// Returns how many rows are wanted.
		show() {
			let matching = 0;

			for (const row of this.rows) {
				const visible = this.wanted(row) && matching++ < this.limit;

				if (row.hidden === visible)
					row.hidden = !visible;
			}
			this.more.hidden = matching <= this.limit;
			this.more.textContent = `Only the first ${page} are shown: show all ${matching}`;
			this.table.dataset.paged = "";
			return matching;
		}

		sort(column, direction) {
			const keyed = this.rows.map((row) => ({ row, key: keyOf(row, column) }));
			const sorted = document.createDocumentFragment();

			keyed.sort((a, b) => direction * compare(a.key, b.key));
			this.rows = keyed.map(({ row }) => row);
			for (const row of this.rows)
				sorted.append(row);
			this.table.tBodies[0].append(sorted);
			this.show();
		}

		makeHeadings() {
			const headings = Array.from(this.table.tHead.rows[0].cells);

			headings.forEach((heading, column) => {
				const button = document.createElement("button");

				button.type = "button";
				button.append(...heading.childNodes);
				heading.append(button);
				button.addEventListener("click", () => {
					const upwards = heading.getAttribute("aria-sort") !== "ascending";

					for (const other of headings)
						other.removeAttribute("aria-sort");
					heading.setAttribute("aria-sort", upwards ? "ascending" : "descending");
					this.sort(column, upwards ? 1 : -1);
				});
			});
		}
	}

	const makeSearchable = (findings, form) => {
		const texts = new Map();
		let timer = 0;

		const textOf = (row) => {
			if (!texts.has(row))
				texts.set(row, row.textContent.toLowerCase());
			return texts.get(row);
		};

		const apply = () => {
			const words = form.elements.words.value.toLowerCase().split(/\s+/).filter(Boolean);
			const levels = new Set(Array.from(
				form.querySelectorAll("[name=level]:checked"), (box) => box.value));
			const onlyNew = form.elements.new.checked;
			const isShown = (state) => form.elements.accepted?.checked ||
				(state !== "waived" && state !== "known");

			findings.wanted = (row) => levels.has(row.dataset.level) &&
				isShown(row.dataset.state) &&
				(!onlyNew || row.dataset.state === "new") &&
				words.every((word) => textOf(row).includes(word));
			findings.limit = page;
			form.elements.count.value =
				`${findings.show()} of ${findings.rows.length} findings`;
		};

		form.addEventListener("input", () => {
			clearTimeout(timer);
			timer = setTimeout(apply, 120);
		});
		form.addEventListener("submit", (event) => event.preventDefault());
		form.hidden = false;
		apply();
	};

	for (const table of document.querySelectorAll("table[data-sortable]")) {
		const rows = new Rows(table);

		if (table.id === "findings-table")
			makeSearchable(rows, document.getElementById("filters"));
		else
			rows.show();
	}
});
