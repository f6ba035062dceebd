package command

import (
	"strings"

	"github.com/rivo/uniseg"
)

// width is the number of columns that a terminal gives to text: two for a Chinese
// character, one for a line of a box.
func width(s string) int { return uniseg.StringWidth(s) }

func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-width(s)))
}

func padLeft(s string, columns int) string {
	return strings.Repeat(" ", max(0, columns-width(s))) + s
}

// cut keeps the whole characters of text that fit in so many columns.
func cut(s string, columns int) string {
	end, used := 0, 0
	for rest, state := s, -1; rest != ""; {
		var cluster string
		var w int
		cluster, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		if used+w > columns {
			break
		}
		end, used = end+len(cluster), used+w
	}
	return s[:end]
}

// center puts text into so many columns, cut where it is too long.
func center(s string, columns int) string {
	s = cut(s, columns)
	free := columns - width(s)
	return strings.Repeat(" ", free/2) + s + strings.Repeat(" ", free-free/2)
}
