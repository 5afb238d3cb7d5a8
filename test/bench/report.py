# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Results of peers.py as lines for a terminal and as the table of README.md."""

import math

BEGIN = "<!-- times: written by test/bench/peers.py --readme -->"
END = "<!-- end of times -->"


def peers_of(rows):
    """The fastest engine that is not Niello, of those with a right answer."""
    peers = [row for row in rows if row["engine"] != "niello"
             and "best" in row and not row["wrong"]]
    return min(peers, key=lambda row: row["best"], default=None)


def own(rows):
    return next((row for row in rows if row["engine"] == "niello"
                 and "best" in row and not row["wrong"]), None)


def ratio(rows):
    """Best time of the best peer in terms of Niello's; None without either."""
    mine, peer = own(rows), peers_of(rows)
    return peer["best"] / mine["best"] if mine and peer else None


def share(row, result, ceilings):
    """How much of the measured peak a row reaches, as text."""
    kind = "vnni" if result["name"].startswith("g_") else "fma"
    peak = ceilings.get(f"{kind} {row['threads']}")
    if not result["flops"] or not peak:
        return ""
    reached = result["flops"] / row["best"] / 1e6
    return f"  {reached / peak:.2f} of {kind}"


def line(row, result, ceilings):
    head = f"  {row['engine']:12} "
    if "failure" in row:
        return head + row["failure"]
    text = (f"best {row['best']:9.3f}  median {row['median']:9.3f} ms  "
            f"spread {100 * row['spread']:3.0f} %  cores {row['cores']:.1f}  "
            f"{row['memory']:.0f} MB  error {row['error']:.1g}")
    return head + text + share(row, result, ceilings) + (
        "  WRONG" if row["wrong"] else "")


def show(result, ceilings):
    """Prints what one workload took with one number of threads."""
    rows = result["rows"]
    threads = rows[0]["threads"]
    print(f"{result['name']}, {threads} thread{'s' * (threads > 1)}")
    for row in rows:
        print(line(row, result, ceilings))
    found = ratio(rows)
    if found:
        aim = result["aim"]
        beside = "" if aim is None else (
            f" (aim {aim:g}{'' if found >= aim else ', missed'})")
        print(f"  ratio {found:.2f} of {peers_of(rows)['engine']}{beside}")
    print(end="", flush=True)


def mean_of_corpus(results, threads):
    """The geometric mean of the ratios over the corpus; None without any."""
    found = [ratio(r["rows"]) for r in results
             if r["corpus"] and r["rows"][0]["threads"] == threads]
    found = [value for value in found if value]
    if not found:
        return None
    return math.exp(sum(map(math.log, found)) / len(found))


def milliseconds(value):
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def markdown(run):
    """The table, from what peers.py has kept of a run."""
    threads = sorted({r["rows"][0]["threads"] for r in run["results"]})
    names = list(dict.fromkeys(r["name"] for r in run["results"]))
    head = ["model"]
    for count in threads:
        on = f"{count} thread{'s' * (count > 1)}"
        head += [f"Niello, {on}", "best peer", "ratio"]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name in names:
        cells = [name]
        for count in threads:
            result = next((r for r in run["results"] if r["name"] == name
                           and r["rows"][0]["threads"] == count), None)
            rows = result["rows"] if result else []
            mine, peer = own(rows), peers_of(rows)
            cells += [
                milliseconds(mine["best"]) if mine else "-",
                f"{milliseconds(peer['best'])} {peer['engine']}"
                if peer else "-",
                f"{ratio(rows):.2f}" if mine and peer else "-"]
        lines.append("| " + " | ".join(cells) + " |")
    versions = ", ".join(f"{name} {version}" for name, version
                         in run["versions"].items() if name != "niello")
    peaks = ", ".join(f"{figure:g} {unit} {what.split()[0]}"
                      for what, (figure, unit) in run["ceilings"].items()
                      if what.endswith(" 1"))
    note = (f"Best times in milliseconds, all engines in turns in one run, on "
            f"{run['machine']}; above 1 Niello is faster. One core's measured "
            f"peaks: {peaks}. Peers: {versions}.")
    return "\n".join([BEGIN, *lines, "", *wrapped(note), END])


def wrapped(text, width=80):
    import textwrap

    return textwrap.wrap(text, width)


def replace(readme, run):
    """README's text with the table of this run."""
    begin, end = readme.index(BEGIN), readme.index(END)
    return readme[:begin] + markdown(run) + readme[end + len(END):]
