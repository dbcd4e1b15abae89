/* Search in the theme's dialog and on the search page, answered by the index that the build made
   below pagefind/. Where it cannot load (no index, a page opened from disk) the theme's form stays
   what it is: it leads to the site builder's own search page. */
(() => {
  const LIMIT = 8;
  const WORDS = {
    en: {
      name: "Search",
      none: (query) => `Nothing found for “${query}”.`,
      some: (count, shown) =>
        count > shown ? `${count} pages, the best ${shown} are listed.` : `${count} ${count === 1 ? "page" : "pages"}.`,
      other: "Pages in English",
    },
    zh: {
      name: "搜索",
      none: (query) => `没有找到“${query}”。`,
      some: (count, shown) => (count > shown ? `共 ${count} 页,列出最相关的 ${shown} 页。` : `共 ${count} 页。`),
      other: "中文页面",
    },
  };
  const page = document.documentElement.lang.toLowerCase();
  const words = (language) => WORDS[language.split("-")[0]] ?? WORDS.en;
  const own = words(page);
  const edition = new URL(document.documentElement.dataset.content_root || "./", location.href);
  const root = page.startsWith("zh") ? new URL("../", edition) : edition; // zh/ lies below the root
  const han = /\p{Script=Han}/u;

  // One engine a language; the address differs so that each has a worker of its own.
  let engines;
  const load = () => {
    engines ??= (async () => {
      const listed = await (await fetch(new URL("pagefind/editions.json", root))).json();
      return Promise.all(
        listed.map(async ({ language }) => {
          const engine = await import(new URL(`pagefind/${language}/pagefind.js`, root).href);
          await engine.options({ baseUrl: root.pathname, excerptLength: 24 });
          await engine.preload("a");
          return { language, engine };
        }),
      );
    })();
    return engines;
  };

  // Chinese is written without spaces; the index holds words.
  const cut = (query) => {
    if (!han.test(query) || !Intl.Segmenter) return query;
    const pieces = [...new Intl.Segmenter("zh", { granularity: "word" }).segment(query)];
    return pieces.map((piece) => piece.segment).join(" ").replace(/\s+/g, " ");
  };

  // A word that is nowhere is answered with pages that share its first letters; only those that
  // share most of it are kept, so that "nothing found" can be an answer.
  const holds = (query) => {
    const begins = query
      .toLowerCase()
      .split(/[\s"]+/)
      .filter((word) => word && !han.test(word))
      .map((word) => word.slice(0, Math.max(3, Math.ceil(word.length * 0.6))));
    return (hit) => {
      const text = `${hit.meta.title} ${hit.content}`.toLowerCase();
      return begins.every((begin) => text.includes(begin));
    };
  };
  // Lessons before the reference and the sources, which repeat every word of theirs.
  const WORTH = { "/book/api": 0.2, "/book/bibliography": 0.5 };
  const worth = (address) => Object.entries(WORTH).find(([part]) => address.includes(part))?.[1] ?? 1;

  const best = async (found, query, limit) => {
    const read = found.slice(0, limit + 4).map(async (hit) => ({ score: hit.score, hit: await hit.data() }));
    const hits = (await Promise.all(read)).filter(({ hit }) => holds(query)(hit));
    const value = ({ score, hit }) => score * worth(hit.raw_url);
    return hits.sort((a, b) => value(b) - value(a)).slice(0, limit).map(({ hit }) => hit);
  };

  const ask = async (query, limit) => {
    const wanted = han.test(query) ? "zh" : page.split("-")[0];
    const all = [...(await load())].sort(
      (a, b) => b.language.startsWith(wanted) - a.language.startsWith(wanted),
    );
    return Promise.all(
      all.map(async ({ language, engine }) => {
        const found = (await engine.search(cut(query))).results;
        const hits = await best(found, query, limit);
        return { language, count: hits.length < limit ? hits.length : found.length, hits };
      }),
    );
  };

  // The section that answers best comes with the hit; a page's own heading says no more than its title.
  const sectionOf = (hit) => {
    const value = (part) => part.weighted_locations.reduce((sum, place) => sum + place.balanced_score, 0);
    const parts = hit.sub_results.filter((part) => part.title !== hit.meta.title && part.url.includes("#"));
    return parts.sort((a, b) => value(b) - value(a))[0];
  };

  const make = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  };

  const entry = (hit) => {
    const section = sectionOf(hit);
    const link = make("a", "lab-search-link");
    link.href = section?.url ?? hit.url;
    link.append(make("span", "lab-search-title", hit.meta.title));
    if (section) link.append(make("span", "lab-search-section", section.title));
    const text = make("p", "lab-search-text");
    text.innerHTML = section?.excerpt ?? hit.excerpt; // escaped by the index, but for its <mark>
    const item = make("li");
    item.append(link, text);
    return item;
  };

  const list = (groups) => {
    const parts = groups.filter((group) => group.hits.length);
    return parts.flatMap((group, number) => {
      const items = make("ol", "lab-search-list");
      items.append(...group.hits.map(entry));
      const foreign = !page.startsWith(group.language.split("-")[0]);
      if (foreign) items.lang = group.language;
      const title = make("p", "lab-search-group", words(group.language).other);
      return number || foreign ? [title, items] : [items];
    });
  };

  const attach = (form, limit) => {
    const input = form.querySelector("input[name=q]");
    const status = make("p", "lab-search-status");
    const results = make("div", "lab-search-results");
    status.setAttribute("role", "status");
    form.after(status, results);
    let turn = 0;
    let waiting;

    const run = async () => {
      const mine = ++turn;
      const query = input.value.trim();
      if (!query) {
        results.replaceChildren();
        status.textContent = "";
        return;
      }
      const asked = performance.now();
      const groups = await ask(query, limit);
      if (mine !== turn) return; // something newer was typed meanwhile
      results.replaceChildren(...list(groups));
      results.dataset.query = query;
      results.dataset.milliseconds = String(Math.round(performance.now() - asked));
      const count = groups.reduce((sum, group) => sum + group.count, 0);
      const shown = results.querySelectorAll("a").length;
      status.textContent = count ? own.some(count, shown) : own.none(query);
    };
    const safely = () => run().catch(() => results.replaceChildren());

    input.addEventListener("focus", () => load().catch(() => {}), { once: true });
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(safely, 60);
    });
    // Arrow keys walk from the field through the links and back; Tab works as everywhere.
    form.parentElement.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || event.isComposing) return;
      const stops = [input, ...results.querySelectorAll("a")];
      const place = stops.indexOf(document.activeElement);
      if (place < 0 || !stops[place + step]) return;
      event.preventDefault();
      stops[place + step].focus();
    });
    return safely;
  };

  const start = () => {
    if (location.protocol === "file:") return; // a browser lets no page on disk fetch an index
    const dialog = document.getElementById("pst-search-dialog");
    const inside = dialog?.querySelector("form.bd-search");
    if (inside) {
      dialog.setAttribute("aria-label", own.name);
      attach(inside, LIMIT);
    }
    const whole = document.querySelector(".bd-search-container form.bd-search");
    if (!whole) return;
    const input = whole.querySelector("input[name=q]");
    const builders = document.getElementById("search-results");
    const show = attach(whole, 50);
    input.value = new URLSearchParams(location.search).get("q") ?? "";
    whole.addEventListener("submit", (event) => {
      event.preventDefault();
      history.replaceState(null, "", `?q=${encodeURIComponent(input.value)}`);
      show();
    });
    load().then(
      () => {
        if (builders) builders.hidden = true;
        show();
      },
      () => {},
    );
  };
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
