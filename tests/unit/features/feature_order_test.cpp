#include "features/collation.hpp"
#include "features/order.hpp"

#include <fairlead/error.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <vector>

namespace fairlead {
namespace {

using Json = nlohmann::ordered_json;

FeatureSource source(const std::string& id, std::vector<std::string> aliases = {}) {
  FeatureSource result;
  result.reference = parse_feature_reference(id);
  result.location = "/w/.devcontainer/" + id;
  result.digest = "digest of " + id;
  result.aliases = std::move(aliases);
  return result;
}

FeatureRequest wanted(const std::string& id, const char* options = "{}") {
  return {source(id), std::make_shared<const Json>(Json::parse(options))};
}

FeatureNode node(const std::string& id, const std::vector<std::string>& hard = {},
                 const std::vector<std::string>& soft = {}) {
  FeatureNode result{wanted(id), {}, {}};
  for (const std::string& name : hard) result.depends_on.push_back(wanted(name));
  for (const std::string& name : soft) result.installs_after.push_back(source(name));
  return result;
}

std::string order_of(const std::vector<FeatureNode>& nodes,
                     const std::vector<std::string>& overrides = {},
                     FeatureSorting sorting = FeatureSorting::specification) {
  std::vector<FeatureSource> sources;
  for (const std::string& id : overrides) sources.push_back(source(id));
  std::string text;
  for (const std::size_t i : install_order(nodes, sources, sorting)) {
    const Json& options = *nodes[i].self.options;
    text += (text.empty() ? "" : " ") + nodes[i].self.source.reference.id;
    if (!options.empty()) text += options.dump();
  }
  return text;
}

std::string circle_of(const std::vector<FeatureNode>& nodes) {
  try {
    order_of(nodes);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), "features.cycle");
    return error.message();
  }
  return {};
}

// Edge case 45
TEST(Collation, OrdersAsTheReferenceDoes) {
  const std::vector<std::string> sorted = {"",   " ",   "a",  "A",  "a b", "a_b", "a-b", "a.b",
                                           "a1", "a10", "a2", "ab", "aB",  "Ab",  "b",   "B"};
  std::vector<std::string> shuffled(sorted.rbegin(), sorted.rend());
  std::stable_sort(shuffled.begin(), shuffled.end(),
                   [](const auto& a, const auto& b) { return compare_collated(a, b) < 0; });
  EXPECT_EQ(shuffled, sorted);
  EXPECT_EQ(compare_collated("a\x01z", "az"), 0);
  const std::string characters = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aAbBmMzZ\xC3";
  for (std::size_t i = 0; i + 1 < characters.size(); ++i) {
    EXPECT_LT(compare_collated(characters.substr(i, 1), characters.substr(i + 1, 1)), 0)
        << characters[i];
    EXPECT_GT(compare_collated(characters.substr(i + 1, 1), characters.substr(i, 1)), 0);
  }
}

// FEAT-045
TEST(FeatureOrder, SortsEqualsByName) {
  EXPECT_EQ(order_of({node("./B"), node("./a"), node("./C")}), "./a ./B ./C");
}

// FEAT-030, 033, 038
TEST(FeatureOrder, PutsDependenciesFirst) {
  EXPECT_EQ(order_of({node("./a", {"./b"}), node("./b", {"./c"}), node("./c")}), "./c ./b ./a");
  EXPECT_EQ(order_of({node("./a", {}, {"./b"}), node("./b")}), "./b ./a");
  EXPECT_EQ(order_of({node("./a", {}, {"./absent"}), node("./b")}), "./a ./b");
}

// FEAT-034: edge case 50
TEST(FeatureOrder, DoesNotFollowSoftDependenciesThroughAbsentOnes) {
  EXPECT_EQ(order_of({node("./c"), node("./a", {}, {"./b"})}), "./a ./c");
}

// FEAT-037, 041: edge case 51
TEST(FeatureOrder, CommitsOnlyTheHighestPriorityOfARound) {
  EXPECT_EQ(order_of({node("./a", {"./c"}), node("./b"), node("./c")}, {"./a", "./b"}),
            "./b ./c ./a");
  EXPECT_EQ(order_of({node("./a"), node("./b"), node("./z")}, {"./z", "./unknown"}), "./z ./a ./b");
}

// FEAT-041
TEST(FeatureOrder, WorksInRounds) {
  EXPECT_EQ(order_of({node("./a", {}, {"./e"}), node("./b", {"./d"}), node("./c"), node("./d"),
                      node("./e", {"./c"})}),
            "./c ./d ./b ./e ./a");
}

// FEAT-031, 036: edge case 49
TEST(FeatureOrder, NamesTheCircle) {
  EXPECT_NE(circle_of({node("./x"), node("./a", {"./b"}), node("./b", {}, {"./a"})})
                .find("'./a' → './b' → './a'"),
            std::string::npos);
  EXPECT_NE(circle_of({node("./a", {"./a"})}).find("'./a' → './a'"), std::string::npos);
  EXPECT_NE(circle_of({node("./z", {"./a"}), node("./a", {}, {"./b"}), node("./b", {}, {"./a"})})
                .find("'./a' → './b' → './a'"),
            std::string::npos);
}

// FEAT-044, 046: edge case 47
TEST(FeatureOrder, SortsByOptions) {
  std::vector<FeatureNode> nodes = {node("./a"), node("./a"), node("./a")};
  nodes[0].self = wanted("./a", R"({"k":"2"})");
  nodes[1].self = wanted("./a", R"({"k":"1","z":true})");
  nodes[2].self = wanted("./a", R"({"k":"1"})");
  EXPECT_EQ(order_of(nodes), R"(./a{"k":"1","z":true} ./a{"k":"1"} ./a{"k":"2"})");
  EXPECT_EQ(order_of(nodes, {}, FeatureSorting::reference_cli),
            R"(./a{"k":"1"} ./a{"k":"2"} ./a{"k":"1","z":true})");
}

// FEAT-045: edge case 46
TEST(FeatureOrder, SortsVersionsOldestFirst) {
  const std::vector<FeatureNode> nodes = {node("r.test/n/a:latest"), node("r.test/n/a:10"),
                                          node("r.test/n/a:9"), node("r.test/n/a:9.1.2")};
  EXPECT_EQ(order_of(nodes), "r.test/n/a:9 r.test/n/a:9.1.2 r.test/n/a:10 r.test/n/a:latest");
  EXPECT_EQ(order_of(nodes, {}, FeatureSorting::reference_cli),
            "r.test/n/a:10 r.test/n/a:9 r.test/n/a:9.1.2 r.test/n/a:latest");
}

// FEAT-047
TEST(FeatureOrder, SortsDifferentKindsByTheIdAsWritten) {
  EXPECT_EQ(order_of({node("r.test/n/a"), node("https://x.test/devcontainer-feature-a.tgz"),
                      node("./z")}),
            "./z https://x.test/devcontainer-feature-a.tgz r.test/n/a");
}

// FEAT-035, 048: edge case 53
TEST(FeatureOrder, MatchesSoftDependenciesByAnyVersionAndName) {
  EXPECT_EQ(order_of({node("r.test/n/a", {}, {"r.test/n/b"}), node("r.test/n/b:2")}),
            "r.test/n/b:2 r.test/n/a");
  std::vector<FeatureNode> renamed = {node("r.test/n/a", {}, {"r.test/n/new"}),
                                      node("r.test/n/old:1")};
  renamed[1].self.source.aliases = {"new", "old"};
  EXPECT_EQ(order_of(renamed), "r.test/n/old:1 r.test/n/a");
}

// FEAT-042, 043
TEST(FeatureOrder, KnowsEqualFeatures) {
  EXPECT_TRUE(same_feature(wanted("./a", R"({"x":"1"})"), wanted("./a", R"({"x":"1"})")));
  EXPECT_FALSE(same_feature(wanted("./a", R"({"x":"1"})"), wanted("./a", R"({"x":"2"})")));
  EXPECT_FALSE(same_feature(wanted("./a", R"("1")"), wanted("./a")));
  FeatureRequest a = wanted("r.test/n/a:1");
  FeatureRequest b = wanted("r.test/n/a:1.0.0");
  EXPECT_FALSE(same_feature(a, b));
  a.source.digest = b.source.digest = "sha256:x";
  EXPECT_TRUE(same_feature(a, b));
}

}  // namespace
}  // namespace fairlead
