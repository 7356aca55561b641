import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { functions } from '../../../validators/promql/functions.ts';
import { mistakeIn } from '../../../validators/promql/mistake.ts';
import { takesEmpty, wrongExpression } from '../../../validators/promql/regular-expression.ts';
import { wrongTemplate } from '../../../validators/promql/template.ts';
import { unquote } from '../../../validators/promql/text.ts';

// Each line was held against Prometheus' own parser (prometheus/prometheus v0.313.0, model/rulefmt).
const expressions = suite('expressions of Prometheus');

expressions('that Prometheus takes have no mistake', () => {
  for (const expression of [
    'a + b offset 5m',
    '-x offset -5m',
    'x @ start() offset 1h',
    'rate(x[5m] @ 1609746000 offset 5m)',
    '{__name__=~".+"}',
    '{job=~".*", pod!=""}',
    'up == bool 1',
    '1 == bool 2',
    'time() - 5 > bool 3 + 1',
    'x > 5.',
    'count_values("v", x) by (job)',
    'max_over_time(rate(x[5m])[1h:])',
    'a and on () b',
    'sum(x) * on (a,) group_left () y',
    '{"with.dots", job="x"}',
    'round(x, 5) or day_of_week() or label_join(x, "a", "-")',
    'vector(1) + scalar(x)',
    `x{a=~'\\\\d+', b=~\`\\d+\`}`,
    'sum by (on, bool, group_left) (x)',
    'info(x, {a=~".*"})',
  ])
    assert.is(mistakeIn(expression), undefined, expression);
});

expressions('that Prometheus refuses have one', () => {
  for (const expression of [
    'x[5m] > 1',
    'a + b[5m]',
    '-x[5m]',
    'up + "a"',
    '{job=~".*"}',
    '{job!="x"}',
    'histogram_quantile(rate(x[5m]))',
    'up{job=~"("}',
    'up{job=~"\\d"}',
    'up and 1',
    '1 > 2',
    'topk(sum(up))',
    'topk("3", up)',
    'count_values(1, up)',
    'rate(sum(x)[5m])',
    'rate(x)',
    'abs(x[5m])',
    'scalar(up) == bool up[5m]',
    '(a + b) offset 5m',
    'x offset 5m offset 5m',
    'x offset 5m [5m]',
    'x{__name__="y"}',
    'x + bool y',
    'x and on (a) group_left () y',
    'x * on (a) group_left (a) y',
    'x * on (a) 2',
    'time(1)',
    'x[0s]',
    '"a"[5m:1m]',
    'nosuch(x)',
  ])
    assert.is(mistakeIn(expression)?.refused, true, expression);
});

expressions('that give no series are taken and fail later', () => {
  for (const expression of ['x[5m]', '"text"', 'x[5m:1m]'])
    assert.is(mistakeIn(expression)?.refused, false, expression);
});

expressions('whose function nearly is one name it', () => {
  assert.match(mistakeIn('histogram_quantil(0.9, x)')?.text ?? '', '"histogram_quantile"');
  assert.is(functions.get('rate')?.takes[0], 'range');
});

expressions.run();

const patterns = suite('regular expressions of RE2');

patterns('that Go compiles have nothing wrong', () => {
  for (const pattern of [
    '',
    'a|',
    '(?i:a)b',
    '(?P<x>a)',
    '[]a]',
    '[^]]',
    '[a-]',
    '[[:alpha:]-z]',
    '{',
    'a{,3}',
    'a+?',
    '^*',
  ])
    assert.is(wrongExpression(pattern), undefined, pattern);
  for (const pattern of ['\\pL\\p{Greek}', '\\x{10FFFF}', '\\Q(\\E', '\\07', '\\A\\z', '[\\d-z]'])
    assert.is(wrongExpression(pattern), undefined, pattern);
});

patterns('that Go refuses have something wrong', () => {
  for (const pattern of [
    '(',
    ')',
    'a**',
    '*',
    'a|*',
    '(+)',
    '[a',
    '[z-a]',
    '[[:nosuch:]]',
    'a{2,1}',
    'a{1001}',
    '(?=a)',
    '(?<!a)',
  ])
    assert.is.not(wrongExpression(pattern), undefined, pattern);
  for (const pattern of ['\\1', '\\Z', '\\y', 'a\\', '[\\b]', '\\8'])
    assert.is.not(wrongExpression(pattern), undefined, pattern);
});

patterns('are held against the whole text', () => {
  assert.equal(['.*', 'a?', '(?i)a*', '.+', 'a|b'].map(takesEmpty), [true, true, true, false, false]);
});

patterns.run();

const texts = suite('texts and templates of alerts');

texts('escapes are those of Go', () => {
  assert.equal(unquote('"a\\n\\x41\\u00e9\\\\d"'), { value: 'a\nA\u00e9\\d' });
  assert.equal(unquote('`\\d`'), { value: '\\d' });
  for (const quoted of ['"\\d"', '"\\\'"', '"a', '"']) assert.ok('wrong' in unquote(quoted), quoted);
});

texts('templates that Go parses have nothing wrong', () => {
  for (const template of [
    'no braces } }}',
    '{{ $labels.job }} {{$value|humanize}}',
    '{{- $x := 1 -}} {{ $x }}',
    '{{ range $i, $e := query "up" }}{{ $i }}{{ $e.Labels.x }}{{ end }}',
    '{{ with query "x" }}{{ . | first | value }}{{ else }}-{{ end }}',
    '{{ if and (gt $value 1.0) (lt $value 2.0) }}a{{ else if true }}b{{ end }}',
    '{{/* }} */}} {{ `raw }}` }} {{ (index $labels "a-b") }}',
  ])
    assert.is(wrongTemplate(template), undefined, template);
});

texts('templates that Go refuses have something wrong', () => {
  for (const template of [
    '{{ $labels.job ',
    '{{ $value | humanise }}',
    '{{ $label.job }}',
    '{{ $labels.with-dash }}',
    '{{ if $value }}',
    '{{ end }}',
    '{{ }}',
    '{{ ( $value }}',
    '{{ | humanize }}',
    '{{ $value | 1 }}',
    '{{ with query "x" }}{{ $y := 1 }}{{ end }}{{ $y }}',
    '{{ "a }}',
  ])
    assert.is.not(wrongTemplate(template), undefined, template);
});

texts.run();
