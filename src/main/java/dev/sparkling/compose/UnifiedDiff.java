package dev.sparkling.compose;

import java.util.ArrayList;
import java.util.List;

/** The difference of two texts in the unified format, by their longest common subsequence of lines. */
final class UnifiedDiff {
    private UnifiedDiff() {}

    private record Edit(char kind, String line, int before, int after) {}

    /** The lines of the diff; none if the texts are equal. */
    static List<String> of(String name, List<String> before, String otherName, List<String> after, int context) {
        List<Edit> edits = edits(before, after);
        List<String> lines = new ArrayList<>();
        int index = 0;
        while (index < edits.size()) {
            if (edits.get(index).kind() == ' ') {
                index++;
                continue;
            }
            int from = Math.max(0, index - context);
            int lastChange = index;
            int to = index;
            while (to < edits.size() && to - lastChange <= 2 * context) {
                if (edits.get(to).kind() != ' ') {
                    lastChange = to;
                }
                to++;
            }
            to = Math.min(edits.size(), lastChange + context + 1);
            if (lines.isEmpty()) {
                lines.add("--- " + name);
                lines.add("+++ " + otherName);
            }
            lines.addAll(hunk(edits.subList(from, to)));
            index = to;
        }
        return lines;
    }

    private static List<String> hunk(List<Edit> edits) {
        long removed = edits.stream().filter(edit -> edit.kind() != '+').count();
        long added = edits.stream().filter(edit -> edit.kind() != '-').count();
        Edit first = edits.get(0);
        List<String> lines = new ArrayList<>();
        lines.add("@@ -" + range(first.before(), removed) + " +" + range(first.after(), added) + " @@");
        edits.forEach(edit -> lines.add(edit.kind() + edit.line()));
        return lines;
    }

    private static String range(int start, long count) {
        return (count == 0 ? start : start + 1) + "," + count;
    }

    private static List<Edit> edits(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int left = before.size() - 1; left >= 0; left--) {
            for (int right = after.size() - 1; right >= 0; right--) {
                common[left][right] = before.get(left).equals(after.get(right))
                        ? common[left + 1][right + 1] + 1
                        : Math.max(common[left + 1][right], common[left][right + 1]);
            }
        }
        List<Edit> edits = new ArrayList<>();
        int left = 0;
        int right = 0;
        while (left < before.size() || right < after.size()) {
            boolean both = left < before.size() && right < after.size();
            if (both && before.get(left).equals(after.get(right))) {
                edits.add(new Edit(' ', before.get(left), left++, right++));
            } else if (right >= after.size() || (both && common[left + 1][right] >= common[left][right + 1])) {
                edits.add(new Edit('-', before.get(left), left++, right));
            } else {
                edits.add(new Edit('+', after.get(right), left, right++));
            }
        }
        return edits;
    }
}
