// Package house keeps the rules of the code base as tests: which package may import
// which, who owns which heavy dependency, and that code which every validator must
// execute alike has no source of difference in it. It holds no code of the product
// and nobody imports it.
package house
