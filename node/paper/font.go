package paper

import (
	_ "embed" // for the fonts
	"encoding/binary"
	"strings"
	"sync"
	"unicode"
)

// The fonts are parts of Noto Sans SC: see font/README.md.
//
//go:embed font/regular.ttf
var regular []byte

//go:embed font/bold.ttf
var bold []byte

// missing stands for a character that the font lacks; a paper on which it stands says so.
const missing = '〓'

// glyphs are the characters that a font has.
type glyphs map[rune]bool

//nolint:gochecknoglobals // immutable once read
var (
	regularGlyphs = sync.OnceValue(func() glyphs { return glyphsOf(regular) })
	boldGlyphs    = sync.OnceValue(func() glyphs { return glyphsOf(bold) })
)

// glyphsOf reads the characters of the basic plane from a font's table (cmap, format
// 4). The fonts are this package's own: one that cannot be read has no characters,
// which a test sees.
func glyphsOf(font []byte) glyphs {
	table := tableOf(font, "cmap")
	if len(table) < 4 {
		return nil
	}
	at := func(i int) int {
		if i < 0 || i+2 > len(table) {
			return 0
		}
		return int(binary.BigEndian.Uint16(table[i:]))
	}
	for i := range at(2) {
		record := 4 + 8*i
		if record+8 > len(table) {
			return nil
		}
		start := int(binary.BigEndian.Uint32(table[record+4:]))
		if at(start) == 4 {
			return segments(at, start)
		}
	}
	return nil
}

// segments reads a subtable of format 4.
func segments(at func(int) int, start int) glyphs {
	found := glyphs{}
	double := at(start + 6) // twice the number of segments
	for i := 0; i < double; i += 2 {
		last, first := at(start+14+i), at(start+16+double+i)
		delta, offset := at(start+16+2*double+i), at(start+16+3*double+i)
		for c := first; c <= last && c < 0xffff; c++ {
			glyph := c + delta
			if offset != 0 {
				if glyph = at(start + 16 + 3*double + i + offset + 2*(c-first)); glyph != 0 {
					glyph += delta
				}
			}
			if glyph&0xffff != 0 {
				found[rune(c)] = true
			}
		}
	}
	return found
}

func tableOf(font []byte, name string) []byte {
	const header, entry = 12, 16
	if len(font) < header {
		return nil
	}
	for i := range int(binary.BigEndian.Uint16(font[4:])) {
		at := header + entry*i
		if at+entry > len(font) {
			return nil
		}
		from, length := binary.BigEndian.Uint32(font[at+8:]), binary.BigEndian.Uint32(font[at+12:])
		if string(font[at:at+4]) == name && uint64(from)+uint64(length) <= uint64(len(font)) {
			return font[from : from+length]
		}
	}
	return nil
}

// has reports whether a font has all characters of a text.
func (g glyphs) has(text string) bool {
	for _, c := range text {
		if !g[c] {
			return false
		}
	}
	return true
}

// shown is a text as it can be printed: what the font lacks, and what would not show or
// would change the order of what does, is replaced.
func shown(text string) (clean string, replaced bool) {
	clean = strings.Map(func(c rune) rune {
		if regularGlyphs()[c] && !unicode.Is(unicode.Bidi_Control, c) && !unicode.IsControl(c) && !unicode.Is(unicode.Cf, c) {
			return c
		}
		replaced = true
		return missing
	}, text)
	return clean, replaced
}
