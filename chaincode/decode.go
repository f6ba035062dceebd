package chaincode

import (
	"bytes"
	"errors"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/tierledger/tierledger/chaincode/code"
)

// maxDepth is how deep the values of an argument may nest. A batch of transfers
// needs eight.
const maxDepth = 32

// decodeStrict reads one JSON object into the struct that into points to.
// Unknown and repeated members, another case of a name, trailing bytes, invalid
// UTF-8 and deep nesting are refused with BAD_ARGUMENT; so is a null argument. A
// value type's own refusal (BAD_AMOUNT, BAD_DATE ...) is passed on. The size is
// the caller's to bound.
func decodeStrict(text []byte, into any) error {
	if !utf8.Valid(text) {
		return code.BadArgument.New("the argument is not UTF-8")
	}
	if !bytes.HasPrefix(bytes.TrimLeft(text, " \t\r\n"), []byte("{")) {
		return code.BadArgument.New("the argument is not a JSON object")
	}
	if tooDeep(text) {
		return code.BadArgument.New("the argument nests deeper than %d", maxDepth)
	}
	err := json.Unmarshal(text, into, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	if refusal := code.Of(err); refusal != nil {
		return refusal
	}
	return code.BadArgument.New("%s", complaint(err))
}

// complaint says where an argument is wrong. The library's own sentences are
// not used: they differ between its releases, and name Go types.
func complaint(err error) string {
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		switch {
		case errors.Is(err, json.ErrUnknownName):
			return "unknown member at " + place(semantic.JSONPointer)
		default:
			return "wrong value at " + place(semantic.JSONPointer)
		}
	}
	var syntactic *jsontext.SyntacticError
	if errors.As(err, &syntactic) {
		if errors.Is(err, jsontext.ErrDuplicateName) {
			return "repeated member at " + place(syntactic.JSONPointer)
		}
		return "not JSON at " + place(syntactic.JSONPointer)
	}
	return "not readable"
}

// place shortens a JSON pointer, which the signer chose, to what fits a line.
func place(p jsontext.Pointer) string {
	const most = 80
	s := string(p)
	if s == "" {
		return "the top"
	}
	if len(s) > most {
		cut := most
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return s
}

// tooDeep reports whether arrays and objects nest deeper than maxDepth, so that
// no decoder recurses on what a stranger sent.
func tooDeep(text []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// encode writes a result as JSON, the same bytes on every validator. It panics
// when v is not one of the contracts' types: those always encode.
func encode(v any) []byte { return marshal(v) }

// encodeArgument writes an argument in its canonical form: the members in the
// order of the struct, those without a value left out.
func encodeArgument(v any) []byte { return marshal(v, json.OmitZeroStructFields(true)) }

func marshal(v any, options ...json.Options) []byte {
	text, err := json.Marshal(v, append(options, json.Deterministic(true))...)
	if err != nil {
		panic("encode contract value: " + err.Error())
	}
	return text
}
