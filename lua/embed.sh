# embed.sh - Lua scripts as texts of C: sh embed.sh FILE... >scripts.h
# A line "-- uses live.lua" puts that file in front of the script.
for file; do
	uses=$(sed -n 's/^-- uses //p' "$file")
	echo "static const char script_$(basename "$file" .lua)[] ="
	cat ${uses:+"$(dirname "$file")/$uses"} "$file" | sed -e '/^ *--/d' \
		-e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/.*/	"&\\n"/'
	echo ';'
done
