"""Which files a scenario consists of: what it extends, and its variants."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from allocopt.scenario.files import MAX_YAML_BYTES, Files, inside
from allocopt.scenario.merge import merged
from allocopt.scenario.tables import with_tables
from allocopt.scenario.tree import Branch, Broken, Items, Leaf, Mark, Node, TableRow
from allocopt.scenario.wording import shown
from allocopt.scenario.yaml_source import read_yaml
from allocopt.text import T, Text

SCENARIO_FILE = "scenario.yaml"
VARIANT_FOLDER = "variants"
_DRIVE = re.compile(r"^[A-Za-z]:|\\|\0")


@dataclass(frozen=True)
class Layer:
    """One scenario file: its own sections and the variants it defines.

    Attributes
    ----------
    root : Branch
        Sections, without ``extends`` and ``variants``.
    variants : mapping of str to Node
        Overlays written inside the file.
    variant_files : mapping of str to Path
        Overlays in files of their own.
    folder : Path
    """

    root: Branch
    variants: Mapping[str, Node]
    variant_files: Mapping[str, Path]
    folder: Path

    @property
    def names(self) -> tuple[str, ...]:
        """Return the names of all variants."""
        return tuple(sorted({*self.variants, *self.variant_files}))


def entry_of(path: Path) -> Path:
    """Return the scenario file that ``path``, a folder or a file, means."""
    return path / SCENARIO_FILE if path.is_dir() else path


def read_layers(entry: Path, files: Files) -> list[Layer] | None:
    """Return the layers of a scenario, the base first; ``None`` if one cannot be read.

    Parameters
    ----------
    entry : Path
        The scenario file, resolved.
    files : Files
    """
    layers: list[Layer] = []
    chain = [entry]
    mark = Mark(entry.name, 0, 0)
    while True:
        read = read_branch(chain[-1], mark, files)
        if read is None:
            return None
        layers.insert(0, _layer(read, chain[-1], files))
        parent = read.entries.get("extends")
        if parent is None:
            return layers
        target = _extended(parent, chain, files)
        if target is None:
            return None
        mark = parent.mark
        chain.append(target)


def read_branch(path: Path, mark: Mark, files: Files) -> Branch | None:
    """Return the mapping in a YAML file, or ``None`` with findings.

    Parameters
    ----------
    path : Path
    mark : Mark
        The place that names the file.
    files : Files
    """
    text = files.read_text(path, mark, at_most=MAX_YAML_BYTES)
    if text is None:
        return None
    root = read_yaml(text, files.name_of(path), files.notes)
    if root is not None and not isinstance(root, Branch):
        files.notes.error(
            root.mark,
            T("the file holds {found}, a mapping is expected", found=kind_of(root)),
            T("Start with keys, such as 'id:' and 'title:'."),
        )
    return root if isinstance(root, Branch) else None


def kind_of(node: Node) -> Text:
    """Return what ``node`` is, in words."""
    if isinstance(node, Branch | TableRow):
        return T("a mapping")
    return T("a list") if isinstance(node, Items) else T("a single value")


def _layer(root: Branch, path: Path, files: Files) -> Layer:
    own = {k: n for k, n in root.entries.items() if k not in ("extends", "variants")}
    sections = with_tables(Branch(own, root.key_marks, root.mark), path.parent, files)
    inline = root.entries.get("variants")
    if inline is not None and not isinstance(inline, Branch | Broken):
        files.notes.error(
            inline.mark,
            T("'variants' is {found}, a mapping is expected", found=kind_of(inline)),
            T("Write 'variants: {{NAME: {{...}}}}'."),
            path="variants",
        )
    named = inline.entries if isinstance(inline, Branch) else {}
    layer = Layer(sections, named, _variant_files(path.parent), path.parent)
    for name in sorted(set(layer.variants) & set(layer.variant_files)):
        files.notes.error(
            named[name].mark,
            T("the variant {name} is defined here and in a file of its own", name=shown(name)),
            T("Keep one of the two."),
            path=f"variants.{name}",
        )
    return layer


def _variant_files(folder: Path) -> dict[str, Path]:
    try:
        found = sorted((folder / VARIANT_FOLDER).glob("*.yaml"))
    except OSError:
        return {}
    return {path.stem: path for path in found}


def _extended(parent: Node, chain: list[Path], files: Files) -> Path | None:
    """Return the scenario file that ``extends`` means, or ``None`` with a finding."""
    name = parent.value if isinstance(parent, Leaf) else None
    if not isinstance(name, str) or not name or _DRIVE.search(name):
        said = (
            T("'extends' is not the path of a scenario"),
            T("Write the folder of the base scenario, such as ../base."),
        )
    elif not inside(chain[-1].parent / name, files.folder.parent):
        said = (
            T("the base {name} lies outside the scenarios", name=shown(name)),
            T("Put the base beside this scenario's folder and write ../NAME."),
        )
    else:
        target = entry_of((chain[-1].parent / name).resolve())
        if target not in chain:
            return target
        names = [files.name_of(path) for path in (*chain[chain.index(target) :], target)]
        said = (
            T("scenarios extend each other in a circle: {chain}", chain=" > ".join(names)),
            T("Remove one 'extends'."),
        )
    files.notes.error(parent.mark, said[0], said[1], path="extends")
    return None


def variant_names(layers: list[Layer]) -> tuple[str, ...]:
    """Return the names of all variants that ``layers`` define."""
    return tuple(sorted({name for layer in layers for name in layer.names}))


def merged_layers(layers: list[Layer], variant: str | None, files: Files) -> Branch:
    """Return one tree: base, what extends it, then the variant.

    Parameters
    ----------
    layers : list of Layer
        The base first.
    variant : str or None
    files : Files
    """
    overlays: list[Node] = [layer.root for layer in layers]
    if variant is not None:
        overlays += [o for layer in layers if (o := _overlay(layer, variant, files)) is not None]
        if variant not in variant_names(layers):
            _note_unknown(variant, layers, files)
    root: Node = overlays[0]
    for overlay in overlays[1:]:
        root = merged(root, overlay, files.notes)
    return root if isinstance(root, Branch) else layers[0].root


def _note_unknown(variant: str, layers: list[Layer], files: Files) -> None:
    known = variant_names(layers)
    mark = layers[-1].root.key_marks.get("variants", Mark(SCENARIO_FILE, 1, 1))
    if not known:
        hint = T("The scenario defines none; leave the variant out.")
    else:
        hint = T("Use one of: {names}.", names=", ".join(known))
    files.notes.error(mark, T("the variant {name} is not known", name=shown(variant)), hint)


def _overlay(layer: Layer, variant: str, files: Files) -> Node | None:
    node: Node | None
    if variant in layer.variant_files:
        path = layer.variant_files[variant]
        node = read_branch(path, Mark(files.name_of(path), 1, 1), files)
    else:
        node = layer.variants.get(variant)
    if isinstance(node, Branch):
        return with_tables(node, layer.folder, files)
    if isinstance(node, Leaf | Items):
        files.notes.error(
            node.mark,
            T(
                "the variant {name} is {found}, a mapping is expected",
                name=variant,
                found=kind_of(node),
            ),
            T("Write the sections that it changes."),
            path=f"variants.{variant}",
        )
    return None
