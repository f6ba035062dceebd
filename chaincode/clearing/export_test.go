package clearing

// GoOn is Divide with another weight of a step.
var GoOn = goOn
