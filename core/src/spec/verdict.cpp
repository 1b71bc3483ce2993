#include "spec/verdict.hpp"

#include "base/json_text.hpp"
#include "spec/container_values.hpp"
#include "spec/mount.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>

namespace fairlead {
namespace {

using Said = std::vector<const Json*>;
using Names = std::vector<std::string>;
using enum Contribution::Outcome;

/// Among the values that count, the last one wins.
std::vector<Verdict> last_of(const Said& values, const Names& who,
                             const std::function<bool(const Json&)>& counts,
                             const std::string& why_not) {
  std::vector<Verdict> out(values.size());
  std::size_t winner = values.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (counts(*values[i])) winner = i;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i == winner) {
      out[i] = {won, values.size() == 1 ? "the only value" : "the last value"};
    } else if (!counts(*values[i])) {
      out[i] = {lost, why_not};
    } else {
      out[i] = {lost, who[winner] + " says something later"};
    }
  }
  return out;
}

std::vector<Verdict> any_true(const Said& values) {
  std::vector<Verdict> out;
  bool yes = false;
  for (const Json* value : values) yes = yes || truthy(value);
  for (const Json* value : values) {
    if (truthy(value)) {
      out.push_back({won, "one true is enough"});
    } else {
      out.push_back(yes ? Verdict{lost, "false cannot take back a true"}
                        : Verdict{won, "nobody says true"});
    }
  }
  return out;
}

/// The pieces of a value that are kept or lost one by one: a key to compare by, and how a person
/// reads it.
struct Piece {
  std::string key;
  std::string shown;
};

std::vector<Piece> items_of(const Json& value, MergeRule rule) {
  std::vector<Piece> out;
  const auto add = [&](const Json& item) {
    std::string key = json_text(item);
    if (rule == MergeRule::ports && item.is_number()) {
      key = json_quoted("localhost:" + scalar_text(item));
    }
    if (rule == MergeRule::mounts) {
      const auto target = item.is_string()
                              ? mount_target(item.get_ref<const std::string&>(), Mode::fairlead)
                              : std::optional<std::string>(text_member(item, "target"));
      if (target && !target->empty()) key = *target;
    }
    out.push_back({std::move(key), json_text(item)});
  };
  if (!value.is_array()) {
    add(value);
    return out;
  }
  for (const Json& item : value) add(item);
  return out;
}

std::vector<Piece> members_of(const Json& value) {
  std::vector<Piece> out;
  if (!value.is_object()) return out;
  for (const auto& [name, ignored] : value.items()) out.push_back({name, name});
  return out;
}

std::string joined(const Names& names) {
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
  return out;
}

/// One verdict from what became of each piece; `lost_to` says by whom.
Verdict verdict_of(const Names& kept, const Names& gone, const std::string& how_kept,
                   const std::string& why_gone) {
  if (gone.empty()) return {won, how_kept};
  if (kept.empty()) return {lost, why_gone};
  return {partly, "kept " + joined(kept) + "; " + why_gone + ": " + joined(gone)};
}

/// Of equal pieces the first one counts.
std::vector<Verdict> first_piece(const Said& values, MergeRule rule) {
  std::vector<Verdict> out;
  std::set<std::string> seen;
  for (const Json* value : values) {
    Names kept;
    Names gone;
    for (const Piece& piece : items_of(*value, rule)) {
      (seen.insert(piece.key).second ? kept : gone).push_back(piece.shown);
    }
    out.push_back(verdict_of(kept, gone, "added to the list", "already in the list"));
  }
  return out;
}

/// Of equal pieces the last one counts.
std::vector<Verdict> last_piece(const Said& values, const Names& who,
                                const std::function<std::vector<Piece>(const Json&)>& pieces) {
  std::map<std::string, std::size_t> last;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (const Piece& piece : pieces(*values[i])) last[piece.key] = i;
  }
  std::vector<Verdict> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Names kept;
    Names gone;
    std::string by;
    for (const Piece& piece : pieces(*values[i])) {
      const std::size_t winner = last[piece.key];
      (winner == i ? kept : gone).push_back(piece.shown);
      if (winner != i) by = who[winner];
    }
    out.push_back(verdict_of(kept, gone,
                             values.size() == 1 ? "the only value"
                                                : "nobody later says "
                                                  "the same",
                             by + " says something later"));
  }
  return out;
}

double amount_of(const Json& value) {
  if (value.is_number()) return value.get<double>();
  return static_cast<double>(parse_size(scalar_text(value)).value_or(0));
}

/// `gpu` is no amount: whoever asks for one is heard (IMG-025).
std::vector<Verdict> maximum(const Said& values, const Names& who) {
  std::map<std::string, std::size_t> greatest;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!values[i]->is_object()) continue;
    for (const auto& [name, value] : values[i]->items()) {
      const auto known = greatest.find(name);
      if (known == greatest.end()) {
        greatest[name] = i;
      } else if (name == "gpu" || value.is_structured()
                     ? truthy(&value)
                     : amount_of(value) > amount_of((*values[known->second])[name])) {
        known->second = i;
      }
    }
  }
  std::vector<Verdict> out;
  for (std::size_t i = 0; i < values.size(); ++i) {
    Names kept;
    Names gone;
    std::string by;
    for (const Piece& piece : members_of(*values[i])) {
      const std::size_t winner = greatest[piece.key];
      (winner == i ? kept : gone).push_back(piece.shown);
      if (winner != i) by = who[winner];
    }
    out.push_back(verdict_of(kept, gone, "the greatest", by + " asks for as much or more"));
  }
  return out;
}

std::vector<Verdict> all_won(const Said& values, const std::string& reason) {
  return {values.size(), Verdict{won, reason}};
}

}  // namespace

std::vector<Verdict> verdicts_on(MergeRule rule, const Said& values, const Names& who) {
  const auto always = [](const Json&) { return true; };
  switch (rule) {
    case MergeRule::last:
      return last_of(values, who, always, {});
    case MergeRule::last_truthy:
      return last_of(
          values, who, [](const Json& value) { return truthy(&value); }, "it is empty");
    case MergeRule::last_boolean:
      return last_of(
          values, who, [](const Json& value) { return value.is_boolean(); },
          "it is neither true nor false");
    case MergeRule::any_true:
      return any_true(values);
    case MergeRule::all:
      return all_won(values, "all run, in this order");
    case MergeRule::list:
      return all_won(values, "added to the list");
    case MergeRule::set:
    case MergeRule::ports:
      return first_piece(values, rule);
    case MergeRule::mounts:
      return last_piece(values, who, [rule](const Json& value) { return items_of(value, rule); });
    case MergeRule::members:
    case MergeRule::nested_members:
      return last_piece(values, who, members_of);
    case MergeRule::customizations:
      return all_won(values, "each tool gets it");
    case MergeRule::maximum:
      return maximum(values, who);
  }
  return all_won(values, {});
}

}  // namespace fairlead
