"""What a run directory says to people who open it without allocopt."""

from allocopt.plan.labels import money_symbol
from allocopt.plan.plan import Plan

README_FILE = "README.txt"

_TEXT = """\
{title_zh}
{title_en}

本文件夹是一份完整的计划，由 allocopt 生成；不装 allocopt 也能读。金额单位为元，份额为小数；
CSV 为 UTF-8，可用表格软件打开。量的单位：{volume_zh}。情景的金额单位：{money}。
This folder is a complete plan made by allocopt; it can be read without it. Money is in yuan,
shares are fractions; CSV files are UTF-8 and open in any spreadsheet. Volumes are counted in
{volume_en}. Money unit of the scenario: {money}.

run.json                 模型、状态、目标值、上界及单位、差距、选项、版本、输入文件的哈希、提示
                         model, status, objective, bound, the unit of both, gap, options,
                         versions, hashes of the input files and of the files here, remarks
scenario.resolved.yaml   合并后的完整情景
                         the merged scenario, complete in one file
provenance.csv           情景中每个数出自哪个文件、哪一行
                         file and line that set each value of the scenario
decisions/               决策：投入（元）、未承接量、人员（人）、目标；逐期一行，t 为期号
                         decisions: spend (yuan), demand turned away, people (heads), targets;
                         one row per thing and period, t is the number of the period
measures.csv             由决策得出的全部指标，每期一列
                         every measure that follows from the decisions, a column per period
lines.csv                每条线的左边、右边、余量、欠缺、是否达成
                         every line: left side, right side, slack, shortfall, whether it is met
objective.csv            目标值的组成
                         what the objective is made of
ledger.csv               账目：每笔收入、成本、费用，精确到分；各级合计即其和
                         the ledger to the cent: every total is the sum of its entries

tables/                  给人看的表：各级目标及理由、目标与实得、各单位全年、费用、比率
                         tables to read: targets of every node with reasons, targets against
                         what is attained, the year of every unit, expenses, ratios
measures.parquet         同 measures.csv，长表；仅大型计划且装有 pyarrow 时才有
                         measures.csv as a long table; large plans, where pyarrow is installed

核对 / to recompute everything:   allocopt verify FOLDER
"""


def readme(plan: Plan) -> str:
    """Return the text of ``README.txt``."""
    title, volume = plan.problem.title, plan.problem.volume_unit
    return _TEXT.format(
        title_zh=title.zh or title.en,
        title_en=title.en or title.zh,
        volume_zh=volume.zh or volume.en,
        volume_en=volume.en or volume.zh,
        money=money_symbol(plan.problem),
    )
