"""Words that say nothing of a subject: they name no theme and make no two messages alike. Bare, as words.bare leaves them."""

STOPPED = frozenset(
    """
    acaba ama ancak artik asla aslinda ayni ayrica az bana bazi belki ben beni benim beri bile bir biraz biri birkac birsey biz
    bize bizi bizim boyle bu buna bunda bundan bunlar bunu bunun burada butun cok cunku da daha dahi de defa degil diger diye dolayi
    dolayisiyla eden eder edin edip edilmesi edilmedi ediyor ediyorum ediyoruz edebilir edecek en eger elbette evet falan fakat gibi
    gene gerek gercekten geri gore hala halde hangi hatta hayir hem henuz hep hepsi her herhangi herkes hic hicbir icin ile ilgili ise
    ister iste itibaren kadar karsi kendi kez ki kim kimse kisi lazim lutfen madem mi mu mesela merhaba merhabalar misiniz musunuz
    nasil ne neden nedir nedeniyle nerede neyse neyi niye nicin olan olarak oldu oldugu oldugunu olduk oldukca oldum olmadi
    olmak olmasi olmayan olmaz olsa olsun olup olur olursa oluyor ona ondan onlar onu onun orada oysa oyle pek rica sadece saat
    sana sanki sayin selam selamlar sen seni sey seyi siz size sizi sizin sizden sonra simdi soyle su suan sunu tabii tam tamam tekrar
    tesekkur tesekkurler tum uzere var vardi varsa ve veya ya yani yapilan yapilmasi yapmak yapti yaptim yapiyor yazdim yine yok yoksa
    yuzden zaten zaman gun gunler gunu gunden bugun dun yarin hafta ay kere misin miyim iyi guzel kotu isterim istiyorum
    istiyoruz istedim aldim aldigim alinan verdim verdigim bekliyorum bekliyoruz soyledi soyleyin dedi dediler
    a about after again all also am an and any are arent as at be because been before being below between both but by can cant cannot
    could couldnt did didnt do does doesnt doing dont down during each even ever every few first for from further get gets getting give
    given go goes going gone good got had hadnt has hasnt have havent having he hello her here hers hey him his how however hi i id if
    ill im in into is isnt it its ive just keep kind know last let like ll lot made make many may maybe me might more most much must my
    need never new no nor not nothing now of off on once one only or other our out over own past please put re really regards said same
    say see she should shouldnt since so some still such sure take tell than thank thanks that thats the their them then there these
    they thing think this those though three through till to today tomorrow too took two under until up us use very want wanted was wasnt
    way we week weeks well went were werent what when where which while who whom why will with wont would wouldnt yesterday yet you your
    youre yours day days month months time times ago already another anyone back been xaddressx dear sir madam
    """.split()  # noqa: SIM905 (forty lines of words are easier to read than a list)
)
