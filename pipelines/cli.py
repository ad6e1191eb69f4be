"""`colophon`: the commands. Each imports what it needs when it runs, so that `--help` answers at once."""

import getpass
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from configs.errors import ColophonError, ConflictError, DependencyError, InputError

app = typer.Typer(
    help="Models that write documents, and documents that can prove what they say.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
templates_app = typer.Typer(help="List, show, check and start templates.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(templates_app, name="templates")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
Model = Annotated[str, typer.Argument(help="A registered model.")]
By = Annotated[str, typer.Option(help="Who decides, as the record will say; default: the user of this machine.")]


@app.command()
def demo(
    json_: Json = False,
) -> None:
    """Walk the whole line once: data, training, gate, service, documents, drift."""
    with _flows() as settings:
        from pipelines.demo import run_demo

        run_demo(settings, as_json=json_)


@app.command()
def up() -> None:
    """Start MLflow's UI, Prefect and the service together; Ctrl-C stops them together."""
    with _session() as settings:
        from pipelines.up import run_servers

        run_servers(settings, say=lambda line: print(line, flush=True))


@app.command()
def train(
    config: Annotated[Path, typer.Argument(help="A file like configs/training/messages.yaml.")],
    set_: Annotated[list[str] | None, typer.Option("--set", help="Change a key: dataset.size=500.")] = None,
    json_: Json = False,
) -> None:
    """Train, evaluate and register a version, aliased `challenger`."""
    with _flows() as settings:
        from pipelines.train import train_from_file

        result = train_from_file(config, set_ or [], settings)
        _print(result, json_, f"{result.name} version {result.version} is registered as challenger.", result.metrics)


@app.command()
def promote(
    model: Model,
    version: Annotated[str | None, typer.Option(help="Default: the challenger.")] = None,
    policy: Annotated[str | None, typer.Option(help="auto or review; default: as trained.")] = None,
    by: By = "",
    json_: Json = False,
) -> None:
    """Let a version through the gate and make it the champion. Exit status 1 where the gate says no."""
    with _flows() as settings:
        from pipelines.promote import promote as run_promote

        if policy not in (None, "auto", "review"):
            raise InputError(f"Expected `auto` or `review`, but got `{policy}`.", where="--policy")
        result = run_promote(model, settings, version=version, policy=policy, by=by or _user())
        _print(result, json_, result.sentence)
        if result.action == "refused":
            raise typer.Exit(1)


@app.command()
def approve(
    model: Model,
    version: Annotated[str | None, typer.Option(help="Default: the challenger.")] = None,
    by: By = "",
    json_: Json = False,
) -> None:
    """Approve exactly the files of a version; the next `promote` may then let it serve."""
    with _session() as settings:
        from pipelines.promote import approve as run_approve

        result = run_approve(model, settings, version=version, by=by or _user())
        _print(
            result, json_, f"{by or _user()} approves {result.name} version {result.version}, digest {result.digest}."
        )


@app.command()
def rollback(model: Model, by: By = "", json_: Json = False) -> None:
    """Let the version before the champion serve again."""
    with _session() as settings:
        from pipelines.promote import rollback as run_rollback

        result = run_rollback(model, settings, by=by or _user())
        _print(result, json_, result.sentence)


@app.command()
def history(model: Model, json_: Json = False) -> None:
    """List what the gate decided about a model."""
    with _session() as settings:
        from evaluation.records import Records

        with Records.open(settings.resolved_records_url) as records:
            rows = records.promotions(model)
        if json_:
            _print([_plain(row) for row in rows], json_)
        for row in rows if not json_ else ():
            print(f"{row.at:%Y-%m-%d %H:%M:%S}  version {row.version}  {row.action}  policy {row.policy}  by {row.by}")
        if not rows and not json_:
            print(f"Nothing is recorded about `{model}`.")


@app.command()
def serve(
    port: Annotated[int | None, typer.Option(help="Default: COLOPHON_SERVICE_PORT or 3000.")] = None,
    config: Annotated[Path | None, typer.Option(help="Default: configs/serving.yaml.")] = None,
) -> None:
    """Run the service alone."""
    with _session() as settings:
        from pipelines.runtime import tracking_url
        from serving import server

        chosen = settings.model_copy(
            update={"service_port": port or settings.service_port, "tracking_url": tracking_url(settings)}
        )
        raise typer.Exit(server.serve(chosen, config))


@app.command()
def predict(
    model: Model,
    text: Annotated[list[str] | None, typer.Option(help="A text; can be given more than once.")] = None,
    file: Annotated[Path | None, typer.Option(help="A UTF-8 file: one text a line, or `-` for standard input.")] = None,
    alias: Annotated[str, typer.Option(help="Which version answers.")] = "champion",
    version: Annotated[str | None, typer.Option(help="Instead of an alias.")] = None,
    explain: Annotated[bool, typer.Option("--explain", help="Say which words carried each label.")] = False,
    json_: Json = False,
) -> None:
    """Let a registered model answer texts."""
    with _session() as settings:
        from pipelines.predict import lines_of
        from pipelines.predict import predict as run_predict

        answers = run_predict(
            model, _texts(text, file), settings, alias=None if version else alias, version=version, explain=explain
        )
        if json_:
            _print(answers, json_)
        for answer in answers if not json_ else ():
            print("\n".join(lines_of(answer)))


@app.command()
def render(
    template: Annotated[str, typer.Argument(help="A template's name, or the path of its folder or of a .docx.")],
    data: Annotated[Path, typer.Option(help="The document's data, a JSON file.")],
    to: Annotated[str, typer.Option(help="docx, pdf or html.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")],
    passages: Annotated[Path | None, typer.Option(help="A JSON file: passage name to text.")] = None,
    theme: Annotated[str | None, typer.Option(help="A theme's name, or the path of a theme file.")] = None,
    verify: Annotated[bool, typer.Option(help="Read the document back and look for every value.")] = False,
    json_: Json = False,
) -> None:
    """Render a document, seal it, and write it."""
    with _session() as settings:
        from pipelines.documents import render_file

        result = render_file(template, data, to, output, settings, passages=passages, theme=theme, verify=verify)
        _print(result, json_, f"{output}: {result.sentence}")


@app.command()
def merge(
    template: Annotated[str, typer.Argument(help="A template's name, or the path of its folder.")],
    data: Annotated[Path, typer.Option(help="The records: a JSON Lines file, one JSON object a line.")],
    to: Annotated[str, typer.Option(help="docx, pdf or html.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The folder for the documents.")],
    name: Annotated[str | None, typer.Option(help="The field that names the files; default: their number.")] = None,
    theme: Annotated[str | None, typer.Option(help="A theme's name, or the path of a theme file.")] = None,
    processes: Annotated[int | None, typer.Option(min=1, max=256, help="Default: one for each core.")] = None,
    seal: Annotated[bool, typer.Option("--seal/--no-seal", help="Seal and record the documents.")] = True,
    json_: Json = False,
) -> None:
    """Write a document for each record; after a stop it goes on. Exit status 1 where a record failed."""
    with _session() as settings:
        from pipelines.merge import merge as run_merge

        def say(line: str) -> None:
            print(line, file=sys.stderr, flush=True)

        result = run_merge(
            template, data, to, output, settings, processes=processes, name=name, sealed=seal, theme=theme, say=say
        )
        _print(result, json_, result.sentence)
        if result.failed:
            raise typer.Exit(1)


@app.command("check-claims")
def check_claims(
    text: Annotated[Path, typer.Option(help="A UTF-8 file with the text.")],
    data: Annotated[Path, typer.Option(help="A JSON file with the data.")],
    json_: Json = False,
) -> None:
    """Find every number and date of a text in the data. Exit status 1 where one has no proof."""
    with _session():
        from evaluation.claims import check
        from pipelines.inputs import read_json_object, read_text

        ledger = check(read_text(text), data=read_json_object(data))
        if json_:
            _print(ledger.as_dict(), json_)
        for claim in ledger.claims if not json_ else ():
            print(f"{claim.verdict:<12} {claim.kind:<8} {claim.text!r}  {claim.evidence or ''}".rstrip())
        if not ledger.clean:
            raise typer.Exit(1)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A DOCX or PDF file.")],
    key: Annotated[list[Path] | None, typer.Option(help="A public key to trust (PEM), beside our own.")] = None,
    json_: Json = False,
) -> None:
    """Say whether a document is genuine. Exit status 1 where it is not."""
    with _session() as settings:
        from pipelines.documents import verify_file

        result = verify_file(file, settings, keys=key or [])
        _print(result, json_, f"{'genuine' if result.genuine else 'NOT GENUINE'}: {result.reason}")
        if not result.genuine:
            raise typer.Exit(1)


@app.command()
def monitor(
    model: Model,
    since: Annotated[str | None, typer.Option(help="From this time on, ISO 8601.")] = None,
    until: Annotated[str | None, typer.Option(help="Up to this time, ISO 8601.")] = None,
    last: Annotated[int | None, typer.Option(min=1, help="At most the newest N records.")] = None,
    json_: Json = False,
) -> None:
    """Compare what was served with what the serving version knew."""
    with _flows() as settings:
        from pipelines.inputs import parse_time
        from pipelines.monitor import Window
        from pipelines.monitor import monitor as run_monitor

        window = Window(parse_time(since, "--since"), parse_time(until, "--until"), last)
        result = run_monitor(model, settings, window=window)
        _print(result, json_, result.sentence)


@app.command()
def keys(json_: Json = False) -> None:
    """Show the key that seals documents; it is made when there is none."""
    with _session() as settings:
        from pipelines.documents import describe_key

        result = describe_key(settings)
        _print(result, json_, f"key {result['key_id']}, private part in {result['private_key_file']}\n{result['pem']}")


@templates_app.command("list")
def templates_list(json_: Json = False) -> None:
    """List the templates that `render` knows."""
    with _session() as settings:
        from templates.engine import DocumentEngine, formats_here

        engine = DocumentEngine(settings.template_folders)
        manifests = engine.templates()
        for name, error in engine.broken_templates().items():
            print(f"{name} cannot be used: {error}", file=sys.stderr)
        if json_:
            _print([_plain(manifest) | {"formats": formats_here(manifest)} for manifest in manifests], json_)
        for manifest in manifests if not json_ else ():
            print(f"{manifest.name}@{manifest.version}  {', '.join(formats_here(manifest))}  {manifest.title}")


@templates_app.command("show")
def templates_show(name: str) -> None:
    """Show a template: what it is and an example of its data."""
    with _session() as settings:
        from templates.engine import DocumentEngine

        engine = DocumentEngine(settings.template_folders)
        print(json.dumps({"manifest": _plain(engine.manifest(name)), "example": engine.example(name)}, indent=1))


@templates_app.command("check")
def templates_check(
    template: Annotated[str, typer.Argument(help="A .docx or .md.j2, a template's folder, or its name.")],
    data: Annotated[
        Path | None, typer.Option(help="An example (JSON) to try it with, or records (JSON Lines) to check.")
    ] = None,
    comments: Annotated[
        Path | None, typer.Option(help="Write a copy of the Word file with the findings as comments.")
    ] = None,
    json_: Json = False,
) -> None:
    """Find everything that is wrong with a template, and say where and what was meant. Exit status 1 for errors."""
    with _session() as settings:
        from pipelines.templates import check_template
        from templates.doctor import write_report

        report = check_template(template, settings.template_folders, data=data, comments=comments)
        _print(report.as_dict(), json_, write_report(report, with_fields=True))
        if not report.healthy:
            raise typer.Exit(1)


@templates_app.command("new")
def templates_new(
    name: Annotated[str, typer.Argument(help="What it will be called: small letters, digits and hyphens.")],
    from_: Annotated[str | None, typer.Option("--from", help="Start from this template of the library.")] = None,
    word: Annotated[bool, typer.Option("--word", help="Start with a Word file instead of Markdown.")] = False,
    folder: Annotated[Path, typer.Option("--in", help="Where the new folder will lie.")] = Path(),
    json_: Json = False,
) -> None:
    """Start a template: a folder with source, schema and example that can be rendered at once."""
    with _session() as settings:
        from templates.doctor.scaffold import start_template
        from templates.library import Library

        path = start_template(name, folder, origin=from_, word=word, library=Library(settings.template_folders))
        _print({"folder": str(path)}, json_, f"{path} is ready. Check it with: colophon templates check {path}")


def main() -> None:
    """Run `colophon`."""
    app()


@contextmanager
def _session() -> Iterator[Any]:
    """Prepare the process, and turn an error into one sentence and exit status 1."""
    try:
        from pipelines.runtime import start

        yield start()
    except ColophonError as error:
        _fail(error)
    except KeyboardInterrupt:
        print("Stopped. What was finished is kept; run the same command to go on.", file=sys.stderr)
        raise typer.Exit(130) from None
    except BrokenPipeError:
        raise typer.Exit(0) from None
    except OSError as error:
        _fail(_translate(error))


@contextmanager
def _flows() -> Iterator[Any]:
    """A session whose command runs flows."""
    with _session() as settings:
        from pipelines.servers import prefect_for_flows

        with prefect_for_flows(settings):
            yield settings


def _translate(error: OSError) -> ColophonError:
    import errno

    if error.errno == errno.ENOSPC:
        return DependencyError("The disk is full.", where=error.filename, hint="Free some space, then run it again.")
    if error.errno == errno.EADDRINUSE:
        return ConflictError("The port is in use.", hint="Choose another one.")
    return DependencyError(f"{error.strerror or error}.", where=error.filename)


def _fail(error: ColophonError) -> None:
    if "--json" in sys.argv:
        print(json.dumps({"error": error.as_dict()}, ensure_ascii=False))
    print(f"colophon: {error}", file=sys.stderr)
    raise typer.Exit(1) from None


def _user() -> str:
    try:
        return getpass.getuser()
    except OSError:  # an account without a name, as containers have
        return "unknown"


def _texts(given: list[str] | None, file: Path | None) -> list[str]:
    from pipelines.inputs import read_lines

    texts = [*(given or []), *(read_lines(file) if file else [])]
    if not texts:
        raise InputError("Expected at least one text.", hint="Give --text or --file.")
    return texts


def _print(result: Any, as_json: bool, sentence: str = "", numbers: Mapping[str, float] | None = None) -> None:
    if as_json:
        print(json.dumps(_plain(result), ensure_ascii=False, default=str))
        return
    print(sentence)
    for name, value in (numbers or {}).items():
        print(f"  {name:<32} {value:.4f}")


def _plain(value: Any) -> Any:
    """Dataclasses and pydantic models as plain data."""
    import dataclasses

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    dump: Callable[..., Any] | None = getattr(value, "model_dump", None)
    return dump(mode="json") if dump else value


if __name__ == "__main__":
    main()
