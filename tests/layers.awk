# layers.awk - who may include whom
#
# Each file of auditor/ and reports/ may include headers of its own layer and
# of the layers below it only (docs/CONTRIBUTING.md).  `make layers` runs this
# over every .c and .h file; the first line of output names the first offence.

BEGIN {
	may["base"] = "base"
	may["model"] = "base model"
	may["source"] = "base model source"
	may["store"] = "base model store"
	may["drift"] = "base model drift"
	may["reports"] = "base model drift reports"
	may["commands"] = "base model source store drift reports commands"
	may["auditor"] = "base commands" # main.c
}

FNR == 1 {
	parts = split(FILENAME, part, "/")
	here = part[parts - 1]
	if (!(here in may)) {
		print FILENAME ": in no known layer"
		bad = 1
	}
}

/^[ \t]*#[ \t]*include[ \t]*"/ {
	split($0, quoted, "\"")
	split(quoted[2], path, "/")
	if (index(" " may[here] " ", " " path[1] " ") == 0) {
		print FILENAME ":" FNR ": " here " may not include " quoted[2]
		bad = 1
	}
}

END { exit bad }
