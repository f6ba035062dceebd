package policy

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Limits of one expression.
const (
	MaxExpression = 8_192 // bytes
	MaxNodes      = 1_000 // constants, names and operations
	MaxNesting    = 64    // brackets and operations one inside the other; a + b + c is two
	MaxCost       = 5_000 // cost units of CEL: about one an operation, more for lists and long texts
)

// maxFactText is how long a text fact is taken to be when the cost of an expression
// is estimated. A longer one runs into MaxCost when the expression is evaluated.
const maxFactText = 64

// maxMessage is how much of the library's words a refusal repeats, in bytes.
const maxMessage = 200

// language compiles expressions over the facts. What is left out of CEL is left out
// on purpose: macros, so that the work is bounded by the length of the text; regular
// expressions; times, so that a decision depends on facts alone; every number but
// 64-bit integers, whose overflow is an error.
type language struct {
	env *cel.Env
}

// functions are the operations of CEL that a rule may use, with their overloads.
func functions() []*env.Function {
	return []*env.Function{
		operation("_&&_", "logical_and"), operation("_||_", "logical_or"), operation("!_", "logical_not"),
		operation("_?_:_", "conditional"), operation("_==_", "equals"), operation("_!=_", "not_equals"),
		operation("_<_", "less_int64", "less_string"), operation("_<=_", "less_equals_int64", "less_equals_string"),
		operation("_>_", "greater_int64", "greater_string"), operation("_>=_", "greater_equals_int64", "greater_equals_string"),
		operation("@in", "in_list"),
		operation("_+_", "add_int64"), operation("_-_", "subtract_int64"), operation("_*_", "multiply_int64"),
		operation("_/_", "divide_int64"), operation("_%_", "modulo_int64"), operation("-_", "negate_int64"),
		operation("contains", "contains_string"), operation("startsWith", "starts_with_string"),
		operation("endsWith", "ends_with_string"),
	}
}

func operation(name string, overloads ...string) *env.Function {
	f := env.NewFunction(name)
	for _, id := range overloads {
		f.Overloads = append(f.Overloads, &env.Overload{ID: id})
	}
	return f
}

// choice declares min or max of two integers, which CEL itself does not have.
func choice(name string, of func(a, b types.Int) types.Int) cel.EnvOption {
	return cel.Function(name, cel.Overload(name+"_int64_int64", []*cel.Type{cel.IntType, cel.IntType}, cel.IntType,
		cel.BinaryBinding(func(a, b ref.Val) ref.Val {
			x, ok := a.(types.Int)
			y, also := b.(types.Int)
			if !ok || !also {
				return types.NoSuchOverloadErr()
			}
			return of(x, y)
		})))
}

func newLanguage() (*language, error) {
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(env.NewLibrarySubset().SetDisableMacros(true).AddIncludedFunctions(functions()...))),
		choice("min", func(a, b types.Int) types.Int { return min(a, b) }),
		choice("max", func(a, b types.Int) types.Int { return max(a, b) }),
		cel.ParserExpressionSizeLimit(MaxExpression),
		cel.ParserRecursionLimit(MaxNesting),
		cel.ExpressionNodeLimit(MaxNodes),
	}
	for _, v := range new(Facts).values() {
		t := cel.IntType
		switch v.of.(type) {
		case string:
			t = cel.StringType
		case bool:
			t = cel.BoolType
		}
		options = append(options, cel.Variable(v.name, t))
	}
	e, err := cel.NewCustomEnv(options...)
	if err != nil {
		return nil, fmt.Errorf("build the language of rules: %w", err)
	}
	return &language{e}, nil
}

// expression is a compiled expression. It may be evaluated from several goroutines.
type expression struct {
	program cel.Program
}

// compile reads an expression that gives a value of the type. An error says what is
// wrong, and where: line and character.
func (l *language) compile(text string, want *cel.Type) (*expression, error) {
	if text == "" || len(text) > MaxExpression {
		return nil, fmt.Errorf("%d bytes, not 1 to %d", len(text), MaxExpression)
	}
	parsed, issues := l.env.Parse(text)
	if err := firstIssue(issues); err != nil {
		return nil, err
	}
	if err := checkForm(parsed); err != nil {
		return nil, err
	}
	checked, issues := l.env.Check(parsed)
	if err := firstIssue(issues); err != nil {
		return nil, err
	}
	if err := checkTypes(checked); err != nil {
		return nil, err
	}
	if t := checked.OutputType(); !t.IsExactType(want) {
		return nil, fmt.Errorf("gives %s, not %s", t, want)
	}
	estimate, err := l.env.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, fmt.Errorf("estimate the cost: %w", err)
	}
	if estimate.Max > MaxCost {
		return nil, fmt.Errorf("may cost %d units, at most %d", estimate.Max, MaxCost)
	}
	program, err := l.env.Program(checked, cel.CostLimit(MaxCost))
	if err != nil {
		return nil, fmt.Errorf("plan the evaluation: %w", err)
	}
	return &expression{program}, nil
}

// firstIssue is the first thing that CEL has to say against an expression.
func firstIssue(issues *cel.Issues) error {
	if issues.Err() == nil {
		return nil
	}
	list := issues.Errors()
	if len(list) == 0 {
		return errors.New(shown(issues.Err().Error()))
	}
	place := list[0].Location
	if place == nil || place.Line() < 1 {
		return errors.New(shown(list[0].Message))
	}
	return fmt.Errorf("%d:%d: %s", place.Line(), place.Column()+1, shown(list[0].Message))
}

// shown is the library's message on one line that anybody can read.
func shown(message string) string {
	clean := strings.Map(func(c rune) rune {
		if c == '\n' || c == '\t' {
			return ' '
		}
		if c != ' ' && !unicode.IsGraphic(c) || unicode.Is(unicode.Bidi_Control, c) {
			return '?'
		}
		return c
	}, strings.ToValidUTF8(message, "?"))
	if len(clean) > maxMessage {
		clean = strings.ToValidUTF8(clean[:maxMessage], "") + "..."
	}
	return clean
}

// at is an error that names the place of a part of an expression.
func at(a *ast.AST, e ast.Expr, format string, args ...any) error {
	place := a.SourceInfo().GetStartLocation(e.ID())
	return fmt.Errorf("%d:%d: %s", place.Line(), place.Column()+1, fmt.Sprintf(format, args...))
}

// checkForm accepts names, constants, lists and operations. It runs before types are
// checked, so that a decimal is refused in words that help.
func checkForm(a *cel.Ast) (err error) {
	tree := a.NativeRep()
	visit(tree, func(e ast.Expr) {
		switch {
		case err != nil:
		case e.Kind() == ast.LiteralKind:
			switch e.AsLiteral().(type) {
			case types.Bool, types.Int, types.String:
			case types.Double:
				err = at(tree, e, "no decimals: amounts are fen, and a rate of 2.62 %% is 26200")
			default:
				err = at(tree, e, "a constant is a whole number, a text, true or false, not %s", e.AsLiteral().Type().TypeName())
			}
		case !slices.Contains([]ast.ExprKind{ast.CallKind, ast.IdentKind, ast.ListKind, ast.SelectKind}, e.Kind()):
			err = at(tree, e, "only facts, constants, lists and operations on them may be used")
		}
	})
	return err
}

// checkTypes accepts what gives an integer, a text, a truth value or a list of one of
// these: no part of an expression is a double, whatever it is compared with.
func checkTypes(a *cel.Ast) (err error) {
	tree := a.NativeRep()
	visit(tree, func(e ast.Expr) {
		if t := tree.GetType(e.ID()); err == nil && !plain(t) && !(t.Kind() == types.ListKind && plain(t.Parameters()[0])) {
			err = at(tree, e, "%s has no place in a rule", t)
		}
	})
	return err
}

func plain(t *cel.Type) bool {
	return t.IsExactType(cel.BoolType) || t.IsExactType(cel.IntType) || t.IsExactType(cel.StringType)
}

func visit(tree *ast.AST, see func(ast.Expr)) {
	ast.PreOrderVisit(tree.Expr(), ast.NewExprVisitor(see))
}

// sizes tells the estimator of costs how long facts are. All else it knows.
type sizes struct{}

// EstimateCallCost leaves every operation to CEL's own figures.
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// EstimateSize bounds text facts.
func (sizes) EstimateSize(n cost.AstNode) *cost.SizeEstimate {
	if len(n.Path()) == 0 {
		return nil
	}
	return &cost.SizeEstimate{Min: 0, Max: maxFactText}
}

// cause is why an evaluation gave nothing. The words are this package's own and do
// not change with the library: stored decisions are compared by them.
type cause struct {
	english, chinese string
}

// run evaluates over the facts. It gives a value or a cause.
func (x *expression) run(facts map[string]any) (ref.Val, *cause) {
	v, _, err := x.program.Eval(facts)
	var cancelled interpreter.EvalCancelledError
	switch {
	case err == nil:
		return v, nil
	case errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded:
		return nil, &cause{"it costs too much", "计算量超限"}
	}
	switch err.Error() {
	case "integer overflow":
		return nil, &cause{"a number is too large", "数值溢出"}
	case "division by zero", "modulus by zero":
		return nil, &cause{"division by zero", "除数为零"}
	}
	return nil, fault()
}

// fault is the cause of what should not happen.
func fault() *cause { return &cause{"it cannot be evaluated", "无法计算"} }

// truth evaluates a condition.
func (x *expression) truth(facts map[string]any) (bool, *cause) {
	v, c := x.run(facts)
	if c != nil {
		return false, c
	}
	b, ok := v.(types.Bool)
	if !ok {
		return false, fault()
	}
	return bool(b), nil
}

// number evaluates an integer between low and high.
func (x *expression) number(facts map[string]any, low, high int64) (int64, *cause) {
	v, c := x.run(facts)
	if c != nil {
		return 0, c
	}
	n, ok := v.(types.Int)
	if !ok {
		return 0, fault()
	}
	if int64(n) < low || int64(n) > high {
		words := fmt.Sprintf("%d is outside %d to %d", n, low, high)
		zh := fmt.Sprintf("%d 不在 %d 至 %d 之间", n, low, high)
		if high == math.MaxInt64 {
			words, zh = fmt.Sprintf("%d is below %d", n, low), fmt.Sprintf("%d 小于 %d", n, low)
		}
		return 0, &cause{words, zh}
	}
	return int64(n), nil
}
