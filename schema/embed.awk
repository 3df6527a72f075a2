# embed.awk - files of the source tree as C (auditor/base/embedded.h)
#
# Usage: LC_ALL=C awk -f embed.awk 0001_initial.sql ... report.css report.js
#
# Reads whole files by name rather than as awk's input, so that an empty or a
# missing style sheet still gets its (empty) definition.

# One line of a file as a line of a C string literal.
function quoted(line)
{
	gsub(/\\/, "&&", line)
	gsub(/["?]/, "\\\\&", line) # "?" because of trigraphs
	gsub(/\t/, "\\t", line)
	gsub(/\r/, "\\r", line)
	return "\t\"" line "\\n\""
}

function print_lines(path,    line)
{
	print "\t\"\""
	while ((getline line < path) > 0)
		print quoted(line)
	close(path)
}

function base_name(path)
{
	sub(/.*\//, "", path)
	return path
}

BEGIN {
	print "/* Made by schema/embed.awk; do not edit. */"
	print "#include \"base/embedded.h\""
	print ""
	print "#pragma GCC diagnostic ignored \"-Woverlength-strings\""
	for (i = 1; i < ARGC; i++) {
		if (ARGV[i] ~ /\.sql$/)
			migration[count++] = ARGV[i]
		else if (ARGV[i] ~ /\.css$/)
			css = ARGV[i]
		else if (ARGV[i] ~ /\.js$/)
			js = ARGV[i]
	}
	for (i = 0; i < count; i++) {
		print "\nstatic const char migration_" i "[] ="
		print_lines(migration[i])
		print "\t;"
	}
	print "\nconst struct embedded_file embedded_migrations[] = {"
	for (i = 0; i < count; i++)
		print "\t{ \"" base_name(migration[i]) "\", migration_" i \
			", sizeof(migration_" i ") - 1 },"
	print "\t{ NULL, NULL, 0 },"
	print "};"
	print "const size_t embedded_migration_count = " count + 0 ";"
	print "\nconst char embedded_report_css[] ="
	if (css)
		print_lines(css)
	else
		print "\t\"\""
	print "\t;"
	print "\nconst char embedded_report_js[] ="
	if (js)
		print_lines(js)
	else
		print "\t\"\""
	print "\t;"
}
