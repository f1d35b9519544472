extension HistoryPage {
  /// The beginning of the page, with its style: light or dark as the reader has it, and light on paper. The policy
  /// forbids scripts and anything from elsewhere.
  static let head = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width,initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
    <title>Alma people feed</title>
    <style>
    :root { --page: #eef1f4; --card: #ffffff; --text: #1f2933; --faint: #5f6c7b; --line: #d9dfe5; --sent: #2f6fb0;
      --excluded: #9aa7b4; --rejected: #d9822b; --missed: #e3e7eb; --failed: #f0b4ae; --bad: #b3261e;
      --good: #1f7a4d; }
    @media (prefers-color-scheme: dark) { :root { --page: #111418; --card: #1b2027; --text: #e4e8ec; --faint: #9aa7b4;
      --line: #333c47; --sent: #6aa9e9; --excluded: #76828f; --rejected: #f0a35c; --missed: #2f363f; --failed: #6e302d;
      --bad: #ff8a80; --good: #6fd3a0; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--page); color: var(--text);
      font: 15px/1.45 'Segoe UI', Roboto, Helvetica, Arial, sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 20px; background: var(--card); }
    h1 { font-size: 24px; margin: 0; }
    h2 { font-size: 17px; margin: 28px 0 4px; }
    p { margin: 4px 0; overflow-wrap: anywhere; }
    .note, .keys, .card span, th { color: var(--faint); font-size: 13px; }
    .cards { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0 0; }
    .card { flex: 1 1 260px; padding: 10px 14px; border: 1px solid var(--line); border-left: 5px solid; border-radius: 6px; }
    .card span { display: block; }
    .card b { font-size: 18px; }
    .good { border-left-color: var(--good); } .good b { color: var(--good); }
    .card.bad { border-left-color: var(--bad); } .bad, .bad b { color: var(--bad); }
    .key { white-space: nowrap; margin-right: 14px; }
    .key i { display: inline-block; width: 10px; height: 10px; margin-right: 5px; }
    i.sent { background: var(--sent); } i.excluded { background: var(--excluded); }
    i.rejected { background: var(--rejected); } i.missed { background: var(--missed); }
    i.failed { background: var(--failed); }
    svg { display: block; width: 100%; height: auto; }
    svg text { fill: var(--faint); font-size: 12px; } svg line { stroke: var(--line); }
    .sent { fill: var(--sent); } .excluded { fill: var(--excluded); } .rejected { fill: var(--rejected); }
    .missed { fill: var(--missed); } .failed { fill: var(--failed); }
    .reasons { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 12px 24px; }
    .reasons svg { border-bottom: 1px solid var(--line); }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: 13px; }
    th, td { text-align: left; vertical-align: top; padding: 4px 10px 4px 0; border-bottom: 1px solid var(--line); }
    td { overflow-wrap: break-word; max-width: 320px; }
    td.number { text-align: right; }
    @media (max-width: 640px) { svg text { font-size: 24px; } }
    @media print { :root { --page: #ffffff; --card: #ffffff; --text: #000000; --faint: #444444; --line: #bbbbbb;
      --sent: #2f6fb0; --excluded: #9aa7b4; --rejected: #d9822b; --missed: #e3e7eb; --failed: #f0b4ae; --bad: #b3261e;
      --good: #1f7a4d; }
      body { font-size: 12px; } main { padding: 0; max-width: none; } .wide { overflow: visible; }
      td { overflow-wrap: anywhere; }
      h2 { break-after: avoid; } svg, tr, .card { break-inside: avoid; }
      rect, i { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
    </style>
    </head>
    <body>
    <main>

    """
}
