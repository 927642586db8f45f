"""Given names that one person may go by: short forms, pet names, spellings of other countries.

A line, with those indented below it, is one group, in plain letters as
`twinbook.reconcile.letters.plain` makes them. A name may stand in several, as Sasha does.
Being in one group is a hint and no more: sisters are called Anna and Anne.
"""

from collections import defaultdict
from collections.abc import Mapping

from twinbook.reconcile.letters import folded

_GROUPS = """
adam adi adamo adao
agnes agnieszka aga agnese ines inez
albert al bert bertie alberto albrecht
aleksandr alexander alex alec alejandro alessandro xander sander sandro sandor sasha sascha sacha
    shura alexandre alexandros aleksander oleksandr alexandru iskander ale
alexandra aleksandra sasha sascha sandra alejandra alessandra sandy ola oleksandra lexi alexa ale
alfred fred alf freddy alfredo alfie
alice alicia ali lisa alisa
andrew andy drew andreas andre andrzej andrei andrey andrea andres anders ondrej andriy endre
anna ann anne ania anja anya annie anka hannah ana anni annika aneta anneke
anthony tony anton antonio antoine antonius toni antoni antal anto tonino
antonia toni tonia antonina antoinette
arthur art artur arturo
barbara barb babs basia bara barbora varvara
bartholomew bart bartosz bartek bartlomiej bartolomeo
benjamin ben benny benji benno beniamino
bernard bernie bernhard bernardo bernd
bogdan bohdan boguslaw
boris borya borislav
bruno brunon
carl karl charles charlie chuck carlos carlo karel karol charly charley carlito
carolin caroline carolina karolina karoline carrie line caro
catherine katherine kate kathy cathy katie kat katharina catarina caterina ekaterina katya katja
    kasia katarzyna katrin kathrin trina kitty kateryna yekaterina katerina karin katalin cate
cecilia cilla cecilie cecile
charlotte lotte charly lotta carlotta lottie
christian chris christiaan cristian krystian kristian
christina christine chris tina christiane kristina kristin kirsten cristina krystyna chrissy
    christin
christopher chris kit topher christoph christophe cristobal krzysztof kristof cristoforo kristoffer
    krzysiek stoffel
clara klara claire chiara
daniel dan danny dani danilo daniele danila
david dave davey davide dawid dawud daud davy
deborah deb debbie debra debora
dmitri dmitry dimitri dima mitya dmytro dimitris dimitrios demetrius dimitar jimmy
dominic dominik dom nick domenico domingo dominique mimmo
dorothy dot dottie dorothea dorota dora thea
edward ed eddie ted teddy ned eduard eduardo edoardo edouard edek lalo
elena lena helena helen helene ellen olena yelena jelena lenka ilona nell
elizabeth elisabeth liz lizzie beth betty eliza lisa lisbeth elsa elise bettina sissi libby
    elzbieta ela isabel isabelle isabella isabela erzsebet yelizaveta liesbeth elisabetta betsy lis
emanuel manuel manu emmanuel manolo mani manny
emil emilio emile
enrico enrique henri rico quique kike
eric erik erich erico eryk
eugene gene evgeny yevgeny evgeni zhenya eugen eugenio jevgeni
eva eve ewa evita yeva
fabian fabio fabiano fabien
ferdinand ferdi fernando nando fernand
francis frank franz francesco francisco francois franco paco pancho fran franciszek frantisek
    frans ferenc kiko cisco chico franek frankie ciccio curro
frances francesca franziska francoise fran fanny franka franca paquita franciszka
frederick fred freddy frederik friedrich fritz federico frederic fryderyk rick fredrik
gabriel gabe gabi gabriele gavriil
gabriela gabi gabriella gabriele gaby
gerald gerry jerry geraldo gerd
gerhard gerd gert gerard gerardo gerry
george georg georges jorge giorgio jorg jurgen yuri juri yorgos georgios giorgos jerzy jiri georgi
    gheorghe goran joris jurek gosha zhora gyorgy jordi heorhiy
gregory greg grzegorz gregor grigori grigory grisha gregorio grzesiek hryhoriy
gustav gus gustavo gustaf gustave
guillermo william memo guille
hans johannes johann john johan hannes hansi jan jon hanns
harold harry hal harald
henry harry hank heinrich heinz henrik hendrik henri henryk enrique enrico heiner henk
    henning rik
herbert bert herb heribert
herman hermann armando armand
hubert bert hubertus hugo
ignatius ignacio nacho ignaz ignacy inaki
irene irena irina ira irka iryna
ivan vanya john yvan iwan giovanni ioan vania
jacob jake jakob jakub kuba jacopo jacques jaap iago santiago diego jakov coby kobus
jacqueline jackie jacky
james jim jimmy jamie jaime giacomo jacques jem seamus hamish jago
jane janet jana joan joanna johanna jeanne giovanna juana ioana hanna hanne jovana asia ivana
    joanne jo yoanna
jennifer jen jenny jenna
jerome jerry hieronymus geronimo jeronimo girolamo
jessica jess jessie
john johnny jack jon ian juan ivan giovanni jean joao sean evan ioannis yannis yiannis janos jan
    jens johan ioan gianni giannis juanito nino vanya hovhannes yohannes yahya
jonathan jon johnny jonny yonatan
joseph joe joey jose giuseppe josef jozef josip pepe pepito chepe beppe peppe osip iosif jozsef
    yosef yusuf youssef jupp sepp joost peppino pino zezinho ze zeca giosue bepi yousef yusef jus
josephine josie jo josefina josefa giuseppina pepa pina fifi
judith judy jutta judit
julia julie juliana giulia julka yulia yuliya juliette iulia
julian jules juliano giuliano
julius jules julio giulio iulian gyula
konrad conrad kurt corrado conny
lawrence larry laurence lars lorenz lorenzo laurent laurens lauri renzo enzo wawrzyniec lorinc
leonard leo len lenny leonhard leonardo lennart leon
leopold leo poldi leopoldo
louis lou louie lewis luis luigi ludwig lodewijk luiz gigi lajos ludovico ludvik ludovic lucho
louisa louise luisa luise lou lulu
lucas luke luc luca lukas lukasz
lucia lucy luz lucie lucja
ludmila lyudmila mila luda lyuda liudmyla
magdalena magda lena madeleine leni magdalene malena maddalena
manfred manni fred manfredo
margaret maggie meg peggy greta grete margarete margareta marge madge rita margherita gretchen
    margarita malgorzata gosia gretel marguerite daisy margit greet griet margot margo
maria mary marie mia mimi molly polly marija mariya masha miriam mariam maryam marys mari
    marysia conchita lupe maike marike marijke marusya
mark marc marco marcus markus marek marcos marko
marta martha marthe
martin marty martino marten maarten marcin morten
matthew matt mat matthias mathias matteo mateo mateusz mattia matthieu mathieu matheus matti matej
    matvey matias mats
max maximilian maximiliano maxim maxime massimo maksim maksym massimiliano maks
michael mike mick mickey mikey michel miguel mikhail misha michal mihai michele mikael mischa
    mykhailo mihail mihaly michiel miquel micha misko michi mikhael
monica monika moni monique
mohammed mohamed muhammad mohammad muhammed mehmet mahomet mo mohd hamada mohamad
nadia nadezhda nadja nadya nadiya
natalia natalie natasha natascha natalya nathalie tasha natka nataliya
nathan nate nathaniel nat natan
nicholas nick nicky nicolas nicola niklas nikolaus klaus claus nikolai nikolay kolya nicolo nico
    niko mikolaj mykola nikos nikolaos miklos niels nils colin nicolaas claas nikola mikulas
nicole nicki nicola nikki nicoletta
olga olya olha
oscar oskar ozzie
oliver ollie olivier oliviero olli
olivia liv livia
patricia pat patty trish tricia patrizia patrycja patti
patrick pat paddy padraig patrik patricio patrizio patryk
paul pablo paolo pavel pawel paulo pal pauli pavlo paavo pavlos pol pau
paula paola pauline paulina polina pavla
peter pete pedro pietro pierre piotr petr pyotr petros petya per pekka piet pieter peer
    petro pere piero petar petrus
philip phil pip felipe filippo filip philipp philippe pippo fil filipp
rachel rahel raquel rachele rae
rafael raphael rafal raffaele rafa raf raffaello
raymond ray raimund ramon raimondo
rebecca becky becca rebekka rebeca reba
reinhard reinhardt reiner rainer renard
richard rick dick rich richie ricardo riccardo rico ryszard ritchie rik rysiek richi
robert bob rob bobby robbie bert roberto robin robi rupert ruprecht robrecht bobbie
roger rodger ruggero rogelio rutger rudiger
roland rolando orlando rolly
ronald ron ronnie ronaldo ronny
rose rosa rosie rosalia rosalind rosita
rudolf rudi rolf rodolfo rudy ralf rudolph
samuel sam sammy samuele shmuel
samantha sam sammy
sarah sara sally sadie zara sarita
sebastian seb basti sebastien bastian sebastiano bas bastien
sergei sergey sergio serge seryozha serhiy sergej sergiu serghei
sigmund siegmund sigismund zygmunt
simon sim szymon semyon
simone simona
sofia sophie sophia sonja sonya zofia sofie zosia sofiya
stanislav stas stanislaw staszek stanley stan stanislaus stanislao
stephen steve steven stefan stephan stefano esteban etienne szczepan istvan stevie stefanos
    stepan stephane stjepan steffen pista
stephanie steffi stephany stefanie stefania steph fanny
susan sue suzanne susanne susanna zuzanna susana susi suzie sanne zuzana suse
svetlana sveta lana svitlana
sylvester silvester silvestro
tatiana tatjana tanya tanja tatyana tetiana tania
theodore ted teddy theo theodor fyodor fedor teodoro teodor fjodor feodor
theresa therese teresa terry tess tessa resi teresita
thomas tom tommy tomas tomasz tommaso tomek thom tamas tomi tuomas foma masi
timothy tim timmy timo timoteo timofey
tobias toby tobi tobiasz
ursula ulla uschi ursel urszula ursina
valentin val valentino valentyn
valeria valerie val
veronica vera ronnie veronika vroni veronique nika
victor vic viktor vittorio wiktor vitya vitor
victoria vicky viktoria vika tori wiktoria vittoria vicki
vincent vince vinny vincenzo vicente vinzenz enzo vincenty cencio
vladimir vova volodya wladimir volodymyr wlodzimierz vlad vladimiro vladi wolodymyr
vladislav vlad vladik wladyslaw vladyslav ladislav laszlo ladislao
walter walt wally gualtiero wouter
wilhelm willi willy william bill billy will guglielmo guillaume wim willem vilem helmut wilko
    liam guillermo gulielmo
xavier javier javi xavi saverio
yusuf joseph youssef yousef
zachary zach zack zacharias
ahmed ahmad ahmet achmed
abdul abdel abd abdullah abdallah
ali aly
aisha ayesha aicha
fatima fatma fatimah
hussein hussain husayn huseyin hossein
ibrahim abraham abe avraham ebrahim brahim
mustafa mostafa mustapha
omar umar omer
khalid khaled halid
youness younes yunus jonas
"""


def _memberships() -> Mapping[str, frozenset[int]]:
    """The groups that each name is in, by its folded form."""
    found: dict[str, set[int]] = defaultdict(set)
    for number, line in enumerate(_GROUPS.replace("\n    ", " ").split("\n")):
        for name in line.split():
            found[folded(name)].add(number)
    return {name: frozenset(groups) for name, groups in found.items()}


_OF_NAME = _memberships()
_NONE: frozenset[int] = frozenset()


def groups(name: str) -> frozenset[int]:
    """The numbers of the groups that a name is in; names of one group may be one person's.

    >>> bool(groups("bob") & groups("robert")), bool(groups("sasha") & groups("alexandra"))
    (True, True)
    >>> bool(groups("anna") & groups("robert"))
    False
    """
    return _OF_NAME.get(folded(name), _NONE)
