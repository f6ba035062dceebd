package house_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/ast/inspector"
	"golang.org/x/tools/go/packages"
)

// deterministic is the code that every validator must execute alike.
var deterministic = []string{
	"chaincode/...", "ledger/stub", "ledger/admission", "ledger/execute", "crypto/merkle", "crypto/jws",
}

// Programs around that code: the chaincode's main on a Fabric network reads its
// environment.
var exempt = []string{"chaincode/cmd/..."}

// forbidden lists what gives different answers on different machines: by package
// path, the names of functions, variables or Type.Method; a star ends a prefix.
var forbidden = []struct {
	path, rule string
	names      []string
}{
	{"time", "clock", []string{
		"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep",
		"Local", "LoadLocation", "LoadLocationFromTZData", "Time.Local",
	}},
	{"context", "clock", []string{"WithTimeout", "WithTimeoutCause", "WithDeadline", "WithDeadlineCause"}},
	{"math/rand", "randomness", []string{"*"}},
	{"math/rand/v2", "randomness", []string{"*"}},
	{"crypto/rand", "randomness", []string{"*"}},
	{"hash/maphash", "randomness", []string{"*"}},
	{"os", "environment", []string{"*"}},
	{"os/exec", "environment", []string{"*"}},
	{"os/user", "environment", []string{"*"}},
	{"net", "environment", []string{"Dial*", "Listen*", "Lookup*", "Resolve*", "Interface*", "DefaultResolver"}},
	{"net/http", "environment", []string{"*"}},
	{"syscall", "environment", []string{"*"}},
	{"runtime", "environment", []string{
		"NumCPU", "NumGoroutine", "GOMAXPROCS", "Caller", "Callers", "Stack", "ReadMemStats", "GOROOT", "GOOS", "GOARCH",
	}},
	{"sync", "goroutine", []string{"WaitGroup.Go"}},
	{"golang.org/x/sync/errgroup", "goroutine", []string{"*"}},
	{"maps", "map order", []string{"Keys", "Values", "All", "DeleteFunc"}},
	{"reflect", "map order", []string{"Value.MapKeys", "Value.MapRange", "Value.Seq", "Value.Seq2"}},
	{"sync", "map order", []string{"Map.Range"}},
	{"unsafe", "unsafe", []string{"*"}},
}

// machineTimes give a time in the machine's own zone; only what is at once put into
// a named zone is the same everywhere.
var machineTimes = []string{"Unix", "UnixMilli", "UnixMicro"}

// A fault is one violation of determinism at a place.
type fault struct {
	pos        token.Position
	rule, text string
}

func (f fault) String() string { return fmt.Sprintf("%s: %s: %s", f.pos, f.rule, f.text) }

// checker walks one package with its types.
type checker struct {
	pkg     *packages.Package
	ordered map[string]bool // "file:line" of lines with an //order: reason
	faults  []fault
}

var (
	orderReason = regexp.MustCompile(`^//order: \S`)
	// keeps names the functions that take pointers to fill or to keep, not to print.
	keeps       = regexp.MustCompile(`^([FS]?[Ss]can(f|ln)?|append)$`)
	printsPlace = regexp.MustCompile(`%[-+#0]*[0-9*]*p`)
)

// determinismFaults gives all violations in the package's own files, in order.
func determinismFaults(pkg *packages.Package) []fault {
	c := &checker{pkg: pkg, ordered: map[string]bool{}}
	for _, file := range pkg.Syntax {
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if orderReason.MatchString(comment.Text) {
					c.ordered[line(pkg.Fset.Position(comment.Pos()))] = true
				}
			}
		}
	}
	inspector.New(pkg.Syntax).WithStack(nil, func(n ast.Node, push bool, stack []ast.Node) bool {
		if push {
			c.visit(n, stack)
		}
		return true
	})
	slices.SortFunc(c.faults, func(a, b fault) int {
		return cmp.Or(strings.Compare(a.pos.Filename, b.pos.Filename), cmp.Compare(a.pos.Offset, b.pos.Offset), strings.Compare(a.rule, b.rule))
	})
	return slices.Compact(c.faults)
}

func line(p token.Position) string { return fmt.Sprintf("%s:%d", p.Filename, p.Line) }

func (c *checker) report(n ast.Node, rule, format string, args ...any) {
	pos := c.pkg.Fset.Position(n.Pos())
	if rule == "map order" && c.ordered[line(pos)] {
		return
	}
	c.faults = append(c.faults, fault{pos, rule, fmt.Sprintf(format, args...)})
}

func (c *checker) visit(n ast.Node, stack []ast.Node) {
	if e, ok := n.(ast.Expr); ok {
		c.floats(e)
	}
	switch n := n.(type) {
	case *ast.RangeStmt:
		switch t := c.pkg.TypesInfo.TypeOf(n.X); {
		case has[*types.Map](t):
			c.report(n, "map order", "range over %s", t)
		case has[*types.Chan](t):
			c.report(n, "channel", "range over %s", t)
		}
	case *ast.GoStmt:
		c.report(n, "goroutine", "go statement")
	case *ast.SelectStmt:
		c.report(n, "channel", "select")
	case *ast.SendStmt:
		c.report(n, "channel", "send")
	case *ast.ChanType:
		c.report(n, "channel", "channel type")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			c.report(n, "channel", "receive")
		}
	case *ast.BasicLit:
		if n.Kind == token.STRING && printsPlace.MatchString(strings.ReplaceAll(n.Value, "%%", "")) {
			c.report(n, "address", "%s prints an address", n.Value)
		}
	case *ast.ImportSpec:
		if n.Path.Value == `"unsafe"` || n.Path.Value == `"C"` {
			c.report(n, "unsafe", "import of %s", n.Path.Value)
		}
	case *ast.CallExpr:
		c.printed(n)
	case *ast.Ident:
		c.use(n, stack)
	}
}

// floats reports expressions of floating point or complex type, and type names of
// them.
func (c *checker) floats(e ast.Expr) {
	if lit, ok := e.(*ast.BasicLit); ok && (lit.Kind == token.FLOAT || lit.Kind == token.IMAG) {
		c.report(e, "floating point", "literal %s", lit.Value)
		return
	}
	t := c.pkg.TypesInfo.TypeOf(e)
	if t == nil {
		return
	}
	if b, ok := t.Underlying().(*types.Basic); ok && b.Info()&(types.IsFloat|types.IsComplex) != 0 {
		c.report(e, "floating point", "expression of type %s", t)
	}
}

// use reports the use of a forbidden function, variable, type or method.
func (c *checker) use(id *ast.Ident, stack []ast.Node) {
	obj := c.pkg.TypesInfo.Uses[id]
	if obj == nil || obj.Pkg() == nil || obj.Pkg() == c.pkg.Types {
		return
	}
	name := obj.Name()
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil {
		t := f.Signature().Recv().Type()
		if p, ok := t.(*types.Pointer); ok {
			t = p.Elem()
		}
		if named, ok := t.(*types.Named); ok {
			name = named.Obj().Name() + "." + name
		}
	}
	path := obj.Pkg().Path()
	if path == "time" && slices.Contains(machineTimes, name) && !c.zoned(stack) {
		c.report(id, "clock", "time.%s in the machine's zone; add .UTC() or .In", name)
		return
	}
	for _, f := range forbidden {
		if f.path != path || !slices.ContainsFunc(f.names, func(pattern string) bool {
			prefix, star := strings.CutSuffix(pattern, "*")
			return name == prefix || star && strings.HasPrefix(name, prefix)
		}) {
			continue
		}
		if path == "maps" && c.sorted(stack) {
			return
		}
		c.report(id, f.rule, "use of %s.%s", path, name)
	}
}

// zoned reports whether the call that ends the stack (selector and identifier of
// its function) is at once followed by UTC or In.
func (c *checker) zoned(stack []ast.Node) bool {
	if len(stack) < 4 {
		return false
	}
	after, ok := stack[len(stack)-4].(*ast.SelectorExpr)
	return ok && after.X == stack[len(stack)-3] && (after.Sel.Name == "UTC" || after.Sel.Name == "In")
}

// sorted reports whether the call that ends the stack is an argument of
// slices.Sorted, SortedFunc or SortedStableFunc.
func (c *checker) sorted(stack []ast.Node) bool {
	if len(stack) < 4 {
		return false
	}
	outer, ok := stack[len(stack)-4].(*ast.CallExpr)
	if !ok || len(outer.Args) == 0 || outer.Args[0] != stack[len(stack)-3] {
		return false
	}
	sel, ok := ast.Unparen(outer.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	f, ok := c.pkg.TypesInfo.Uses[sel.Sel].(*types.Func)
	return ok && f.Pkg().Path() == "slices" && strings.HasPrefix(f.Name(), "Sorted")
}

// printed reports arguments whose text would show an address, given where anything
// is printed.
func (c *checker) printed(call *ast.CallExpr) {
	sig, ok := c.pkg.TypesInfo.TypeOf(call.Fun).(*types.Signature)
	if !ok || !sig.Variadic() || call.Ellipsis.IsValid() {
		return
	}
	last := sig.Params().Len() - 1
	rest, ok := sig.Params().At(last).Type().(*types.Slice)
	if !ok || keeps.MatchString(name(call.Fun)) {
		return
	}
	if it, ok := rest.Elem().Underlying().(*types.Interface); !ok || !it.Empty() {
		return
	}
	for _, arg := range call.Args[min(last, len(call.Args)):] {
		if t := c.pkg.TypesInfo.TypeOf(arg); showsAddress(t, 0, true) {
			c.report(arg, "address", "%s is printed with an address", t)
		}
	}
}

// showsAddress reports whether fmt shows a value of type t with an address in it. It
// follows a pointer to a struct, array, slice or map only at the top, and asks a
// value for its text only where it can be reached from outside.
func showsAddress(t types.Type, depth int, reachable bool) bool {
	if depth > 8 || reachable && hasText(t) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Signature, *types.Chan:
		return true
	case *types.Pointer:
		switch u.Elem().Underlying().(type) {
		case *types.Struct, *types.Array, *types.Slice, *types.Map:
			return depth > 0 || showsAddress(u.Elem(), depth+1, reachable)
		}
		return true
	case *types.Slice:
		return showsAddress(u.Elem(), depth+1, reachable)
	case *types.Array:
		return showsAddress(u.Elem(), depth+1, reachable)
	case *types.Map:
		return showsAddress(u.Key(), depth+1, reachable) || showsAddress(u.Elem(), depth+1, reachable)
	case *types.Struct:
		for field := range u.Fields() {
			if showsAddress(field.Type(), depth+1, reachable && field.Exported()) {
				return true
			}
		}
	}
	return false
}

// name is the last name of a called expression.
func name(fun ast.Expr) string {
	switch f := ast.Unparen(fun).(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

func hasText(t types.Type) bool {
	methods := types.NewMethodSet(t)
	for _, m := range []string{"Error", "String", "Format"} {
		if methods.Lookup(nil, m) != nil {
			return true
		}
	}
	return false
}

// has reports whether t, or for a type parameter one of the types it may be, is
// built as K.
func has[K types.Type](t types.Type) bool {
	if t == nil {
		return false
	}
	if _, ok := t.Underlying().(K); ok {
		return true
	}
	switch u := t.Underlying().(type) {
	case *types.Interface:
		for i := range u.NumEmbeddeds() {
			if has[K](u.EmbeddedType(i)) {
				return true
			}
		}
	case *types.Union:
		for i := range u.Len() {
			if has[K](u.Term(i).Type()) {
				return true
			}
		}
	}
	return false
}

const typed = packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedSyntax |
	packages.NeedTypes | packages.NeedTypesInfo

func load(t *testing.T, dir string, patterns ...string) []*packages.Package {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{Mode: typed, Dir: dir}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	return loaded
}

func TestDeterministicCodeHasNoSourceOfDifference(t *testing.T) {
	patterns := make([]string, len(deterministic))
	for i, name := range deterministic {
		patterns[i] = "./" + name
	}
	loaded := load(t, "../..", patterns...)
	if len(loaded) < len(deterministic) {
		t.Fatalf("found only %d packages for %v", len(loaded), deterministic)
	}
	for _, p := range loaded {
		own := strings.TrimPrefix(p.PkgPath, module)
		if support(p) || slices.ContainsFunc(exempt, func(name string) bool { return matches(own, name) }) {
			continue
		}
		if len(p.Errors) > 0 {
			t.Errorf("%s has no types to judge by: %v", own, p.Errors[0])
			continue
		}
		for _, file := range slices.Concat(p.IgnoredFiles, p.OtherFiles) {
			if !strings.HasSuffix(file, "_test.go") {
				t.Errorf("%s: %s is left out on some machines or is not Go", own, filepath.Base(file))
			}
		}
		for _, f := range determinismFaults(p) {
			t.Error(f)
		}
	}
}

// The fixtures mark each line that must be found with the comment "want" and
// the rules; every other line must not be found.
func TestSourcesOfDifferenceAreFound(t *testing.T) {
	marker := regexp.MustCompile(`want ([a-z ,]+?)(?: \*/)?$`)
	loaded := load(t, ".", "./testdata/differs", "./testdata/same")
	if len(loaded) != 2 {
		t.Fatalf("%d fixtures, want 2", len(loaded))
	}
	for _, p := range loaded {
		for _, err := range p.Errors {
			t.Errorf("%s: %v", p.PkgPath, err)
		}
		want := map[string][]string{}
		for _, file := range p.Syntax {
			for _, group := range file.Comments {
				for _, comment := range group.List {
					if m := marker.FindStringSubmatch(comment.Text); m != nil {
						want[line(p.Fset.Position(comment.Pos()))] = strings.Split(m[1], ", ")
					}
				}
			}
		}
		if wants := strings.HasSuffix(p.PkgPath, "differs"); wants != (len(want) > 0) {
			t.Errorf("%s has %d marked lines", p.PkgPath, len(want))
		}
		for _, f := range determinismFaults(p) {
			if !slices.Contains(want[line(f.pos)], f.rule) {
				t.Errorf("not a fault: %s", f)
			}
		}
		for place, rules := range want {
			for _, rule := range rules {
				if !slices.ContainsFunc(determinismFaults(p), func(f fault) bool { return line(f.pos) == place && f.rule == rule }) {
					t.Errorf("%s: %s was not found", place, rule)
				}
			}
		}
	}
}
