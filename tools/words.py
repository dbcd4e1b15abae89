"""The words that the book's own machinery puts on pages and into notebooks, in each language.

The English words stand where they are used: `say = words.of(language)`, then `say("Hint {number}",
number=2)`. Another language has a list of them here; a phrase that the list lacks stays English,
and a test names it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

CHINESE = {
    # languages.py
    " (in English)": "（英文）",
    # lesson.py
    "Claim": "论点",
    "After this page you can": "学完本页，你能够",
    "Before this page": "先修页面",
    "nothing but Python": "只需会 Python",
    "Your time": "所需时间",
    "about {minutes} minutes, exercises included": "约 {minutes} 分钟，含练习",
    "Measured cost": "实测开销",
    "not measured yet": "尚未测量",
    "{seconds:.0f} s ({cpu_seconds:.0f} CPU s on one thread), {peak_mb} MB at most, when this book "
    "was built": "本书构建时用时 {seconds:.0f} 秒（单线程 CPU 时间 {cpu_seconds:.0f} 秒），"
    "内存峰值 {peak_mb} MB",
    "Download this page as a notebook (.ipynb)": "下载本页的笔记本（.ipynb）",
    "Run this page yourself": "自己运行本页",
    "In a checkout of the course, install once and open the notebook that you saved:": (
        "在课程的代码目录中，安装一次，然后打开保存下来的笔记本："
    ),
    "The page's experiment alone, and its larger version:": (
        "只运行本页的实验，以及它的大规模版本："
    ),
    # exercise.py
    "Exercise: {title}": "练习：{title}",
    "Hint {number}": "提示 {number}",
    "Why it matters": "为什么重要",
    "Solution (try it first)": "参考答案（请先自己试试）",
    "{kind} · {points} points · {minutes} minutes · difficulty {difficulty} of 5": (
        "{kind} · {points} 分 · {minutes} 分钟 · 难度 {difficulty}/5"
    ),
    "{kind} · 1 point · {minutes} minutes · difficulty {difficulty} of 5": (
        "{kind} · 1 分 · {minutes} 分钟 · 难度 {difficulty}/5"
    ),
    "implement": "实现",
    "measure": "测量",
    "find the fault": "找出错误",
    "argue": "论证",
    "The text of this exercise has not been translated yet.": "本练习的文字尚未翻译，以下为英文。",
    # progress.py
    "I have done this exercise": "我已完成这道练习",
    "Your progress": "你的进度",
    "topic": "主题",
    "done": "已完成",
    "{done} of {all}": "{done} / {all}",
    "Kept by this browser alone; nothing is sent.": "只保存在这个浏览器里，不发送任何内容。",
    "Save as a file": "保存为文件",
    "Load from a file": "从文件读入",
    "Forget all marks": "清除所有标记",
    "Marks loaded: {done}.": "已读入 {done} 个标记。",
    "This file holds no progress of the course.": "这个文件里没有本课程的进度。",
    "Forget all marks of this browser?": "要清除这个浏览器里的所有标记吗？",
    # quiz.py
    "Quiz: {title}": "小测验：{title}",
    "Questions: {number} · no points · nothing is sent or stored": (
        "共 {number} 题 · 不计分 · 不发送也不保存任何内容"
    ),
    "Check": "检查",
    " question {number}": "第 {number} 题",
    "What each option means": "各选项的含义",
    ", question {number}": "，第 {number} 题",
    "Choose an option first.": "请先选择一项。",
    "right": "正确",
    "not right": "不正确",
    "The questions of this quiz have not been translated yet.": (
        "本测验的题目尚未翻译，以下为英文。"
    ),
    # cards.py, coursemap.py
    "Planned: {pages}.": "计划中：{pages}。",
    "{minutes} min": "{minutes} 分钟",
    "runs in {seconds} s": "运行 {seconds} 秒",
    "after {pages}": "先读 {pages}",
    " and ": "和",
    "{page} needs {needed}": "“{page}”需要先读“{needed}”",
    "{page} needs no other page": "“{page}”不需要先读其他页面",
    "What needs what: {parts}.": "先修关系：{parts}。",
    # names.py
    "Pages below {title}": "“{title}”下的页面",
    "Table {number}": "表 {number}",
    "Table {number}: {caption}": "表 {number}：{caption}",
    "Book": "本书",
    "This page": "本页",
    # learner_notebook.py
    "Notebook of the page `{page}`. It runs where the course's package `lablib` is installed: in a "
    "checkout, `make setup` and then `.venv/bin/jupyter lab`.": (
        "页面 `{page}` 的笔记本。它在装有课程软件包 `lablib` 的地方运行：在代码目录中先执行 "
        "`make setup`，再执行 `.venv/bin/jupyter lab`。"
    ),
    "about {minutes} minutes": "约 {minutes} 分钟",
    "{points} points, about {minutes} minutes, difficulty {difficulty} of 5": (
        "{points} 分，约 {minutes} 分钟，难度 {difficulty}/5"
    ),
    "A hint: {call}.": "提示：{call}。",
}
# What the theme has no translation of: names of its controls, as they stand in attributes.
THEME = {
    "列印成 PDF": "打印为 PDF",
    "Main": "主导航",
    "Page": "本页",
    "Color mode": "颜色模式",
    "System Settings": "跟随系统",
    "Light": "浅色",
    "Dark": "深色",
    "Toggle primary sidebar": "展开或收起全书目录",
    "Toggle secondary sidebar": "展开或收起本页目录",
    "Link to this heading": "本标题的链接",
    "Link to this image": "本图的链接",
    "Link to this equation": "本公式的链接",
    "Link to this table": "本表的链接",
    "Link to this term": "本术语的链接",
}
LISTS = {"zh": {**CHINESE, **THEME}}


def of(language: str) -> Callable[..., str]:
    """A function from an English phrase (and what it mentions) to the phrase in `language`."""
    known = LISTS.get(language.partition("_")[0].partition("-")[0], {})

    def say(english: str, **values: object) -> str:
        phrase = known.get(english, english)
        return phrase.format(**values) if values else phrase

    return say


def of_book(root: Path) -> Callable[..., str]:
    """The same for the book in a folder, by the language of its configuration."""
    from tools import toc

    config = toc.config(root).get("sphinx", {}).get("config", {})
    return of(str(config.get("language", "en")))
